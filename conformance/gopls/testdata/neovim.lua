-- Opens a file with mapls and gopls attached, waits for what both find, applies the
-- capacity hint by the editor's own code action, and writes the buffer to a file.
-- The set-up comes from docs/editors.md; see neovim_test.go.

local function fail(text)
  io.stderr:write(text .. '\n')
  vim.cmd('cquit')
end

local function run()
  for _, name in ipairs({ 'mapls', 'gopls' }) do
    -- The chunk is that of mapls; the other server is set up in the same way.
    local setup = table.concat(vim.fn.readfile(vim.env.PEERS_SETUP), '\n'):gsub('mapls', name)
    assert(loadstring(setup))()
  end
  vim.cmd('edit ' .. vim.fn.fnameescape(vim.env.PEERS_FILE))

  local function find(pattern)
    for _, d in ipairs(vim.diagnostic.get(0)) do
      if d.message:find(pattern, 1, true) then
        return d
      end
    end
  end
  local hint, format = 'map is made without its size', 'wrong type string'
  if not vim.wait(30000, function() return find(hint) and find(format) end, 20) then
    return fail('the diagnostics do not come: ' .. vim.inspect(vim.diagnostic.get(0)))
  end

  local titles = {}
  vim.ui.select = function(items, _, choose)
    for _, item in ipairs(items) do
      local action = item.action or item[2] -- the second before Neovim 0.10
      table.insert(titles, action.title)
      if action.title:find('^Add capacity hint') then
        return choose(item)
      end
    end
    choose(nil)
  end
  local d = find(hint)
  vim.api.nvim_win_set_cursor(0, { d.lnum + 1, d.col })
  local before = vim.api.nvim_buf_get_changedtick(0)
  vim.lsp.buf.code_action()
  if not vim.wait(30000, function() return vim.api.nvim_buf_get_changedtick(0) ~= before end, 20) then
    return fail('the hint is not applied; the actions are ' .. vim.inspect(titles))
  end
  if not vim.wait(30000, function() return not find(hint) end, 20) then
    return fail('the diagnostic stays: ' .. vim.inspect(vim.diagnostic.get(0)))
  end
  vim.fn.writefile(vim.api.nvim_buf_get_lines(0, 0, -1, false), vim.env.PEERS_OUT)
  vim.cmd('qall!')
end

local ok, err = pcall(run)
if not ok then
  fail(tostring(err))
end
