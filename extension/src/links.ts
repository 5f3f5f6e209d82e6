/** The scheme of the pages about rules inside the editor. */
export const ruleScheme = 'mapdiag-rule';

const published = /^https:\/\/github\.com\/mapdiag\/mapdiag\/blob\/main\/docs\/rules\/([a-z]+)\.md$/;

/** ruleOf returns the rule that a link of the server is about. */
export function ruleOf(link: string): string | undefined {
	return published.exec(link)?.[1];
}

/** pageOf returns the address of a rule's page inside the editor. */
export function pageOf(rule: string): string {
	return `${ruleScheme}:/${rule}`;
}

/** ruleOfPage is the opposite of pageOf. */
export function ruleOfPage(address: string): string | undefined {
	return /^mapdiag-rule:\/([a-z]+)$/.exec(address)?.[1];
}

/** linkOf returns the link that the server gave for a rule. */
export function linkOf(rule: string): string {
	return `https://github.com/mapdiag/mapdiag/blob/main/docs/rules/${rule}.md`;
}
