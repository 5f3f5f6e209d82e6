/** The kind of the action that applies all safe fixes of a file. */
export const fixAllKind = 'source.fixAll.mapdiag';
