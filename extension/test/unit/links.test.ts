import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { linkOf, pageOf, ruleOf, ruleOfPage } from '../../src/links';
import { rulePage } from '../../src/page';
import { root } from '../root';

const rules = readdirSync(root('docs/rules')).filter(f => f !== 'README.md').map(f => f.replace('.md', ''));

test('the links of every rule are known again', () => {
	assert.ok(rules.length >= 5);
	for (const rule of rules) {
		assert.equal(ruleOf(linkOf(rule)), rule);
		assert.equal(ruleOfPage(pageOf(rule)), rule);
	}
});

test('other links are left alone', () => {
	for (const link of ['', 'https://go.dev/x', 'https://github.com/mapdiag/mapdiag/blob/main/docs/ci.md', linkOf('../x'), linkOf('a') + '#b']) {
		assert.equal(ruleOf(link), undefined, link);
	}
	for (const page of ['', 'mapdiag-rule:/../sizehint', 'mapdiag-rule:/', 'file:///sizehint', 'mapdiag-rule://h/sizehint']) {
		assert.equal(ruleOfPage(page), undefined, page);
	}
});

test('pages load one style sheet and run nothing', () => {
	const html = rulePage('<h1>x</h1>', 'vscode-resource://page.css', 'vscode-resource:');
	assert.match(html, /content="default-src 'none'; style-src vscode-resource:;"/);
	assert.doesNotMatch(html, /<script|unsafe/);
	assert.match(html, /<h1>x<\/h1>/);
});
