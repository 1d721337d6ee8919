/** What the keys of a notebook do. */

/**
 * @param {import("./editor.js").Editor} editor @param {import("./sync.js").Sync} sync
 * @param {{open: (isReplacing: boolean) => void}} search @returns {Record<string, () => void>}
 */
export function keyActions(editor, sync, search) {
  const with_ = (/** @type {(cell: ViewedCell) => void} */ action) => () => {
    if (editor.current) action(editor.current);
  };
  const finish = (/** @type {ViewedCell} */ cell) => {
    editor.view(cell.id)?.close();
    if (cell.kind !== "text") editor.update(cell.id);
  };
  return {
    edit: with_((cell) => editor.open(cell.id)),
    leave: with_((cell) => editor.view(cell.id)?.close()),
    run: with_((cell) => (finish(cell), editor.select(cell.id))),
    "run-next": with_((cell) => {
      finish(cell);
      const isLast = editor.cells[editor.cells.length - 1]?.id === cell.id;
      if (isLast) editor.insert("text", cell.id);
      else editor.step(1);
    }),
    "run-insert": with_((cell) => (finish(cell), editor.insert("text", cell.id))),
    "update-all": () => editor.updateAll(),
    "insert-above": with_((cell) => editor.insert("text", editor.before(cell.id), false)),
    "insert-below": () => editor.insert("text", editor.current?.id ?? null, false),
    delete: with_((cell) => editor.remove(cell.id)),
    cut: with_((cell) => editor.copy(cell, true)),
    copy: with_((cell) => editor.copy(cell, false)),
    paste: () => editor.paste(),
    undo: () => editor.undo(),
    redo: () => editor.redo(),
    "to-text": with_((cell) => editor.turnInto(cell.id, "text")),
    "to-sql": with_((cell) => editor.turnInto(cell.id, "sql")),
    previous: () => editor.step(-1),
    next: () => editor.step(1),
    first: () => editor.step(-Infinity),
    last: () => editor.step(Infinity),
    fold: with_((cell) => editor.setFolded(cell.id, true)),
    unfold: with_((cell) => editor.setFolded(cell.id, false)),
    "move-up": with_((cell) => editor.move(cell.id, -1)),
    "move-down": with_((cell) => editor.move(cell.id, 1)),
    save: () => sync.hurry(),
    find: () => search.open(false),
    replace: () => search.open(true),
  };
}
