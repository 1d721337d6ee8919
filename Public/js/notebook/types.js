/**
 * Types of the notebook's page, for the checker of types alone: the page never loads this file. Being no module, it makes its types known in all.
 *
 * @typedef {"text" | "plan" | "runs" | "figure" | "table" | "grid" | "curves" | "checkpoints" | "sql" | "verification" | "lab" | "experiment"} KnownKind
 * @typedef {Record<string, string>} CellAttributes
 *
 * @typedef {object} CellDraft a text that could not be merged, kept beside the cell until someone decides
 * @property {number} id the sequence number of the operation that made it
 * @property {string} source
 * @property {string} author
 * @property {number | string | null} time
 *
 * @typedef {object} DocumentCell as the server stores it
 * @property {string} id
 * @property {string} kind one of `KnownKind`, or of a newer version
 * @property {string} source
 * @property {number} revision the notebook's sequence number at the cell's last change
 * @property {CellAttributes} attributes
 * @property {CellDraft[]} drafts
 * @property {string | null} [problem]
 * @property {DeleteRequest | null} [delete_request] somebody wanted to delete the cell while it was edited
 * @property {boolean} [guessed] the place of a deleted cell that the loaded document does not tell
 * @property {boolean} [deleted] kept in its place, so that what is inserted after it finds its place
 *
 * @typedef {{author: string, time: number | string | null}} DeleteRequest
 *
 * @typedef {object} NotebookDocument
 * @property {string} id
 * @property {string} title
 * @property {number} title_revision
 * @property {number} sequence of the last operation that is contained
 * @property {DocumentCell[]} cells
 *
 * @typedef {object} CellOperation one flat object; which fields it has depends on `operation`
 * @property {"insert" | "delete" | "move" | "edit" | "configure" | "retitle" | "discard" | "keep" | "format"} operation
 * @property {string} [cell]
 * @property {string} [kind]
 * @property {string | null} [source]
 * @property {Record<string, string | null>} [attributes] of a configuration: null removes one
 * @property {string | null} [after] the cell before; null for the beginning
 * @property {number} [base] the revision that the editor started from
 * @property {string} [title]
 * @property {number} [draft]
 *
 * @typedef {object} OperationResult
 * @property {"applied" | "merged" | "conflict" | "refused"} result
 * @property {string | null} [cell]
 * @property {number | null} [revision]
 * @property {string | null} [source]
 * @property {number | null} [draft]
 * @property {string | null} [reason]
 *
 * @typedef {{sequence: number, results: OperationResult[]}} OperationsAnswer
 *
 * @typedef {object} LogEntry an operation that the server has accepted
 * @property {number} sequence
 * @property {string} client
 * @property {number} counter
 * @property {string} [author]
 * @property {number | string | null} [time]
 * @property {CellOperation} operation
 * @property {"applied" | "merged" | "conflict"} [result]
 * @property {string | null} [source] the resulting text of a merged operation
 *
 * @typedef {object} Batch operations on their way to the server, under one idempotency key
 * @property {number} counter
 * @property {CellOperation[]} operations
 * @property {number} [sequence] of the answer, once there is one
 *
 * @typedef {{revision: number | null, source: string}} Base
 *
 * @typedef {object} LocalText the text of a cell (or the title) that this browser has changed
 * @property {Base} base what the local text was written upon
 * @property {string | null} sent on its way to the server
 * @property {string | null} local typed since, not yet on its way
 * @property {number} [draft] what was sent became this draft, since others changed the same words
 * @property {string} [kept] the text of that draft
 * @property {string} [refused] why the server did not take it; it is tried again once it is changed
 * @property {boolean} [contested] others changed the same words: the server will decide
 *
 * @typedef {object} Rejected what the server would not take, kept for the reader to copy
 * @property {CellOperation} operation
 * @property {string} reason
 *
 * @typedef {object} SessionRecord what is kept in the browser of one session
 * @property {string} client
 * @property {number} counter
 * @property {Batch | null} inflight
 * @property {CellOperation[][]} retries
 * @property {CellOperation[]} queue
 * @property {Batch[]} landed
 * @property {[string, LocalText][]} texts
 * @property {Rejected[]} rejected
 * @property {Record<string, number>} deletions the sequence number that was seen when a cell was deleted here
 *
 * @typedef {object} ViewedCell a cell as this browser shows it, with its own changes applied
 * @property {string} id
 * @property {string} kind
 * @property {string} source
 * @property {number} revision
 * @property {CellAttributes} attributes
 * @property {CellDraft[]} drafts
 * @property {string | null} problem
 * @property {DeleteRequest | null} deleteRequest
 * @property {boolean} unsaved
 * @property {string | null} theirs what the server has, where others changed the words that are typed here
 *
 * @typedef {{title: string, cells: ViewedCell[]}} ViewedNotebook
 *
 * @typedef {object} BoundValue an expression of a text cell with what it came to
 * @property {string} source
 * @property {string} text
 * @property {string | null} [protocol]
 * @property {number | null} [n]
 * @property {string[]} [runs]
 * @property {string | null} [error]
 *
 * @typedef {object} ShownOutput what a cell shows
 * @property {"none" | "fresh" | "stale" | "edited" | "failed" | "running" | "unchecked"} state
 * @property {string} html
 * @property {{name: string, type: string, digest: string, url: string}[]} [forms]
 * @property {BoundValue[]} [expressions]
 * @property {string[]} [changes]
 * @property {string[]} [rests_on]
 * @property {string[]} [missing] ids of runs that are no longer there
 * @property {string | null} [address] the page of what is shown
 * @property {string | null} [problem]
 * @property {number | null} [shown_at]
 * @property {CellOutput["update"]} [update] of a cell that is being updated; seconds that it has waited or been made, and how far it is or what it waits for
 *
 * @typedef {{notebook: string, client: string, author: string, cell: string | null, editing: boolean, leaving?: boolean}} Presence
 * @typedef {{notebook: string, sequence: number, client: string, counter: number, author: string, operations: LogEntry[], deleted: boolean}} NotebookEvent
 * @typedef {{id: string, title: string, created: number, changed: number, changed_by: string | null, sequence: number, cells: number, deleted?: number | null}} NotebookRow
 * @typedef {{digest: string, name: string | null, author: string, time: number, parent: string | null, cells: number, sequence: number}} RevisionRow
 * @typedef {{number: number, cell: string, text: string, author: string, time: number, revision: string | null, resolved: number | null, resolver: string | null}} CellComment
 */
