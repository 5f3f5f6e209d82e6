const fs = require('node:fs');
const path = require('node:path');
const vscode = require('vscode');
const { uriOf, open, shown } = require('./help');

const files = {
  'go.work': 'go 1.26\n\nuse (\n\t./list\n\t./names\n)\n',
  'list/go.mod': 'module example.com/list\n\ngo 1.26\n',
  'list/list.go': `package list

import "example.com/names"

func Index() map[string]int {
	all := names.All()
	m := make(map[string]int)
	for i, n := range all {
		m[n] = i
	}
	return m
}
`,
  'names/go.mod': 'module example.com/names\n\ngo 1.26\n',
  'names/names.go': 'package names\n\nfunc All() []string { return []string{"a", "b"} }\n',
};

exports['modules of a go.work below the folder know each other'] = async () => {
  const dir = uriOf('work').fsPath;
  try {
    for (const [name, text] of Object.entries(files)) {
      fs.mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
      fs.writeFileSync(path.join(dir, name), text);
    }
    await open('work/list/list.go');
    await shown(1, 'work/list/list.go', 'sizehint');
  } finally {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    fs.rmSync(dir, { recursive: true });
  }
  await shown(0, 'work/list/list.go', 'sizehint');
};
