// The tests are loaded as those of an extension, and this is that extension.
exports.activate = () => {};
