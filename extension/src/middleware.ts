import type { Middleware } from 'vscode-languageclient/node';
import { fromPages, toPages, type Findings } from './findings';
import { ruleOf } from './links';
import { forServer } from './settings';

export interface Hooks {
	findings: Findings;
	trusted(): boolean;
	/** busy tells that work in the background has begun (1) or ended (-1). */
	busy(step: 1 | -1): void;
	openRule(rule: string): Promise<void>;
	/** showText shows an answer of the server that is a text. */
	showText(text: string): void;
}

/** middleware changes what goes between editor and server. */
export function middleware(hooks: Hooks): Middleware {
	return {
		handleDiagnostics(uri, list, next) {
			toPages(list);
			hooks.findings.set(uri, list);
			next(uri, list);
		},

		async provideCodeActions(document, range, context, token, next) {
			const actions = await next(document, range, { ...context, diagnostics: fromPages(context.diagnostics) }, token);
			for (const a of actions ?? []) {
				if ('diagnostics' in a && a.diagnostics) {
					toPages(a.diagnostics);
				}
			}
			return actions;
		},

		handleWorkDoneProgress(token, params, next) {
			if (params.kind !== 'report') {
				hooks.busy(params.kind === 'begin' ? 1 : -1);
			}
			next(token, params);
		},

		async executeCommand(command, args, next) {
			if (command !== 'mapdiag.explain') {
				return next(command, args);
			}
			// The server would show its answer as a notification, which has no lines.
			const text: unknown = await next(command, args.slice(0, 2));
			if (typeof text === 'string') {
				hooks.showText(text);
			}
			return text;
		},

		workspace: {
			async configuration(params, token, next) {
				const values = await next(params, token);
				return Array.isArray(values)
					? values.map((v, i) => params.items[i].section === 'mapdiag' ? forServer(v, hooks.trusted()) : v as unknown)
					: values;
			},
		},

		window: {
			async showDocument(params, token, next) {
				const rule = ruleOf(params.uri);
				if (rule === undefined) {
					return next(params, token);
				}
				await hooks.openRule(rule);
				return { success: true };
			},
		},
	};
}
