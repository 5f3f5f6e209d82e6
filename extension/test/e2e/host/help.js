const fs = require('node:fs');
const path = require('node:path');
const vscode = require('vscode');
const { until } = require('../until.js');

const extension = () => vscode.extensions.getExtension(process.env.MAPDIAG_E2E_EXTENSION);

// uriOf returns the address of a file in a folder of the workspace.
function uriOf(name, folder = 0) {
  return vscode.Uri.joinPath(vscode.workspace.workspaceFolders[folder].uri, name);
}

// open shows a file.
async function open(name, folder = 0) {
  const editor = await vscode.window.showTextDocument(uriOf(name, folder), { preview: false });
  return editor;
}

// diagnostics returns what mapdiag says of a file, with one code if that is given.
function diagnostics(name, code, folder = 0) {
  return vscode.languages.getDiagnostics(uriOf(name, folder))
    .filter(d => d.source === 'mapdiag' && (!code || codeOf(d) === code));
}

function codeOf(d) {
  return typeof d.code === 'object' ? d.code.value : d.code;
}

// shown waits until a file has so many findings with a code.
function shown(count, name, code, folder = 0) {
  return until(`${name} has ${count} of ${code}`, () => {
    const list = diagnostics(name, code, folder);
    return list.length === count ? list : Promise.reject(new Error(`${list.length}`));
  });
}

// actions asks for the code actions at a place. Right after a change the answer can
// be empty, or the request be cancelled.
function actions(uri, range, kind, wanted) {
  return until(`${wanted} is offered`, async () => {
    const list = await vscode.commands.executeCommand('vscode.executeCodeActionProvider', uri, range, kind, 20);
    return list.some(a => a.title === wanted) && list;
  });
}

async function replace(editor, from, to) {
  const text = editor.document.getText();
  const at = text.indexOf(from);
  if (at < 0) throw new Error(`${editor.document.fileName} has no ${from}`);
  const range = new vscode.Range(editor.document.positionAt(at), editor.document.positionAt(at + from.length));
  if (!await editor.edit(e => e.replace(range, to))) throw new Error('the edit was refused');
}

// set changes a setting of the first folder; undefined removes it.
const changed = new Set();
function set(key, value) {
  changed.add(key);
  return vscode.workspace.getConfiguration(undefined, uriOf('')).update(key, value, vscode.ConfigurationTarget.WorkspaceFolder);
}

// reset puts files and settings back.
const texts = new Map();
async function reset() {
  const keys = [...changed];
  for (const key of keys) await set(key, undefined);
  changed.clear();
  for (const [file, text] of texts) {
    if (!fs.existsSync(file)) continue;
    const document = vscode.workspace.textDocuments.find(d => d.uri.fsPath === file);
    if (fs.readFileSync(file, 'utf8') === text && (document?.getText() ?? text) === text) continue;
    // Through the editor: a file that changes on the disk while it is open is not
    // a file that is saved.
    const editor = await vscode.window.showTextDocument(vscode.Uri.file(file));
    await editor.edit(e => e.replace(new vscode.Range(0, 0, editor.document.lineCount, 0), text));
    await editor.document.save();
  }
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
}
for (const folder of vscode.workspace.workspaceFolders) {
  for (const name of fs.readdirSync(folder.uri.fsPath).filter(name => name.endsWith('.go'))) {
    const file = path.join(folder.uri.fsPath, name);
    texts.set(file, fs.readFileSync(file, 'utf8'));
  }
}

// servers returns the process numbers of the servers of this extension host.
function servers() {
  return fs.readdirSync('/proc').filter(name => /^\d+$/.test(name)).map(Number).filter(pid => {
    try {
      const [, , , state, parent] = /^(\d+) \((.*)\) (\S) (\d+)/s.exec(fs.readFileSync(`/proc/${pid}/stat`, 'utf8'));
      return Number(parent) === process.pid && state !== 'Z' && path.basename(fs.readlinkSync(`/proc/${pid}/exe`)) === 'mapls';
    } catch {
      return false; // it has ended meanwhile
    }
  });
}

// oneServer waits until there is one server, and none of those given.
function oneServer(...but) {
  return until('one server runs', () => {
    const list = servers();
    return list.length === 1 && !but.includes(list[0]) ? list[0] : Promise.reject(new Error(`servers: ${list}`));
  });
}

const sleep = ms => new Promise(resolve => setTimeout(resolve, ms));

module.exports = { extension, uriOf, open, diagnostics, codeOf, shown, actions, replace, set, reset, servers, oneServer, sleep, until };
