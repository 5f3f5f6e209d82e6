/**
 * rulePage returns a page around a body that was made from Markdown when the
 * extension was built. Nothing but the one style sheet may be loaded, and nothing runs.
 */
export function rulePage(body: string, style: string, source: string): string {
	return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src ${source};">
<link rel="stylesheet" href="${style}">
</head>
<body>
${body}
</body>
</html>`;
}
