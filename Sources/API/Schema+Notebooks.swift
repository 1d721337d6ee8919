import Catalog
import Execution
import Notebooks

/// What the API says of notebooks.
extension Schema {
    static let notebookID = Schema.pattern("^[a-z0-9][a-z0-9-]*$")
    static let cellID = Schema.text(1...CellID.longest, pattern: "^[A-Za-z0-9_-]+$")
    private static let author: [String: Schema] = ["author": .string, "time": .nullable(.time)]
    private static let attributes = Schema.map(.string)

    private static let listedNotebook = Schema.named(
        "ListedNotebook",
        .object([
            "id": .notebookID, "title": .string, "created": .time, "creator": .string, "changed": .time, "changed_by": .string, "sequence": .count, "cells": .count,
            "deleted": .nullable(.time),
        ]))
    static let notebookList = Schema.named("NotebookList", .object(["notebooks": .array(listedNotebook)]))
    /// A title has at most so many bytes of UTF-8, and so at most so many characters, which is all that a schema can say.
    private static let title = Schema.title(NotebookLimits.titleBytes)
    static let notebookRequest = Schema.named(
        "NotebookRequest",
        .either([
            .closed(["title": title], optional: [:]), .closed(["text": .string], optional: [:]),
            .closed(["jupyter": .string], optional: ["name": title]),
        ]))

    private static let draft = Schema.named("NotebookDraft", .object(author.merging(["id": .count, "source": .string]) { $1 }))
    private static let cellFields: [String: Schema] = [
        "id": .cellID, "kind": .string, "source": .string, "attributes": attributes, "problem": .nullable(.string),
    ]
    private static let notebookCell = Schema.named(
        "NotebookCell",
        .object(
            cellFields.merging(["revision": .count, "drafts": .array(draft), "delete_request": .nullable(.object(author))]) { $1 }))
    private static let revisionFields: [String: Schema] = [
        "digest": .digest, "name": .nullable(.string), "author": .string, "time": .time, "parent": .nullable(.digest), "cells": .count, "sequence": .count,
    ]
    static let notebookRevision = Schema.named("NotebookRevision", .object(revisionFields))
    static let notebook = Schema.named(
        "Notebook",
        .object([
            "id": .notebookID, "title": .string, "title_revision": .count, "title_drafts": .array(draft), "sequence": .count, "cells": .array(notebookCell),
            "digest": .digest, "revision": .nullable(notebookRevision), "created": .time, "changed": .time, "changed_by": .string,
        ], optional: ["left_out": .array(.string)]))

    // MARK: - Operations

    private static func operation(_ name: String, _ required: [String: Schema], _ optional: [String: Schema] = [:]) -> Schema {
        .closed(required.merging(["operation": .word([name])]) { $1 }, optional: optional)
    }

    /// A revision of a cell or of the title, or the number of a draft.
    private static let sequence = Schema.integer(0...Int(Int32.max))
    /// Kinds that this version does not know are kept, and shown as such.
    private static let kindName = Schema.text(1...64, pattern: #"^[^\x00-\x20`~="\x7f]+$"#)
    private static let attribute = Schema.map(.nullable(.text(0...300, pattern: plainLine)))
    private static let plainLine = #"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]*$"#
    static let notebookOperation = Schema.named(
        "NotebookOperation",
        .either([
            operation("insert", ["cell": .cellID, "kind": kindName, "source": .string], ["attributes": attribute, "after": .nullable(.cellID)]),
            operation("delete", ["cell": .cellID, "base": sequence]), operation("move", ["cell": .cellID], ["after": .nullable(.cellID)]),
            operation("edit", ["cell": .cellID, "source": .string, "base": sequence], ["from": .nullable(.string)]),
            operation("configure", ["cell": .cellID], ["kind": kindName, "attributes": attribute]),
            operation("retitle", ["title": title, "base": sequence], ["from": .nullable(.string)]),
            operation("discard", ["draft": sequence], ["cell": .nullable(.cellID)]), operation("keep", ["cell": .cellID]),
        ]))
    static let notebookOperations = Schema.named(
        "NotebookOperations",
        .closed(
            ["client": .cellID, "counter": .integer(0...1 << 53), "operations": .list(notebookOperation, NotebookKeeper.operations, distinct: false)], optional: [:]))
    static let notebookResults = Schema.named(
        "NotebookResults",
        .object([
            "sequence": .count,
            "results": .array(
                .object([
                    "result": .word(["applied", "merged", "conflict", "refused"]), "cell": .nullable(.cellID), "revision": .nullable(.count), "source": .nullable(.string),
                    "draft": .nullable(.count), "reason": .nullable(.string),
                ])),
        ]))
    static let notebookLog = Schema.named(
        "NotebookLog",
        .object([
            "sequence": .count,
            "operations": .array(
                .object([
                    "sequence": .count, "client": .string, "counter": .count, "author": .string, "time": .time, "operation": .map(.any),
                    "result": .word(["applied", "merged", "conflict"]), "source": .nullable(.string),
                ])),
        ]))
    static let notebookPresence = Schema.named(
        "NotebookPresence", .closed(["client": .cellID], optional: ["cell": .nullable(.cellID), "editing": .boolean, "leaving": .boolean]))

    // MARK: - Revisions, outputs, comments

    static let notebookRevisions = Schema.named("NotebookRevisions", .object(["revisions": .array(notebookRevision)]))
    static let notebookRevisionRequest = Schema.named("NotebookRevisionRequest", .closed(["name": title], optional: [:]))
    static let notebookRevisionDocument = Schema.named(
        "NotebookRevisionDocument",
        .object(
            revisionFields.merging([
                "id": .notebookID, "title": .string, "cells": .array(.object(cellFields)), "outputs": .map(cellOutput), "newer": .boolean,
            ]) { $1 }))
    static let notebookDifference = Schema.named(
        "NotebookDifference",
        .object([
            "from": .digest, "to": .nullable(.digest), "document": .map(.any),
            "outputs": .array(.object(["cell": .cellID, "from": .nullable(.digest), "to": .nullable(.digest)])),
        ]))

    static let cellOutput = Schema.named(
        "CellOutput",
        .object([
            "state": .word(["none", "fresh", "stale", "edited", "failed", "running", "unchecked"]), "html": .string,
            "forms": .array(.object(["name": .string, "type": .string, "digest": .digest, "bytes": .count, "url": .string])), "expressions": .array(.map(.any)),
            "changes": .array(.string), "rests_on": .array(.string), "missing": .array(.string), "address": .nullable(.string), "problem": .nullable(.string),
            "shown_at": .nullable(.time),
        ], optional: [
            "update": .object(
                ["state": .word(["queued", "running"]), "asked": .time, "author": .string, "elapsed": .number(0...Double.infinity)],
                optional: ["doing": .string, "fraction": .number(0...1), "remaining_seconds": .number(0...Double.infinity), "waits_for": .string]),
        ]))
    static let cellOutputs = Schema.named("CellOutputs", .object(["outputs": .map(cellOutput)]))
    static let cellOutputsRequest = Schema.named(
        "CellOutputsRequest", .closed([:], optional: ["cells": .nullable(.list(.cellID, 1...NotebookLimits.cells, distinct: true))]))
    static let cellRenderRequest = Schema.named("CellRenderRequest", .closed(["cell": .cellID, "kind": kindName, "source": .string], optional: [:]))

    static let notebookComment = Schema.named(
        "NotebookComment",
        .object([
            "number": .count, "cell": .string, "revision": .nullable(.digest), "text": .string, "author": .string, "time": .time, "resolved": .nullable(.time),
            "resolver": .nullable(.string),
        ]))
    static let notebookComments = Schema.named("NotebookComments", .object(["comments": .array(notebookComment)]))
    static let notebookCommentRequest = Schema.named("NotebookCommentRequest", .closed(["cell": .cellID, "text": .text(1...2500, pattern: nil)], optional: [:]))

    // MARK: - Proofs

    static let proofRequest = Schema.named(
        "ProofRequest",
        .closed(
            [:],
            optional: [
                "runs": .nullable(.integer(1...1_000_000)), "seed": .nullable(.integer(0...Int(Int32.max))), "threads": .nullable(.integer(1...256)),
            ]))
    private static let proofVerdict = Schema.word(ProofVerdict.allCases.map(\.rawValue))
    private static let proofDifferenceFields: [String: Schema] = [
        "kind": .word(ProofDifference.kinds), "run": .nullable(.string), "step": .nullable(.count), "name": .nullable(.string), "original": .nullable(.string),
        "repeated": .nullable(.string), "words": .string,
    ]
    private static let proofDifference = Schema.named("ProofDifference", .object(proofDifferenceFields))
    private static let verdictCounts = Schema.object(Dictionary(uniqueKeysWithValues: ProofVerdict.allCases.map { ($0.rawValue, Schema.count) }))
    private static let proofFields: [String: Schema] = [
        "notebook": .notebookID, "number": .count, "revision": .digest, "state": .word(NotebookProofRecord.State.allCases.map(\.rawValue)),
        "verdict": .nullable(proofVerdict), "author": .string, "created": .time, "finished": .nullable(.time),
        "asked": .object(["runs": .nullable(.count), "seed": .count, "threads": .nullable(.count)]), "cited_runs": .count, "chosen_runs": .count, "reruns": .count,
        "run_verdicts": verdictCounts, "cell_verdicts": verdictCounts, "problem": .nullable(.string),
        "first_difference": .nullable(.object(proofDifferenceFields.merging(["cell": .nullable(.string)]) { $1 })),
        "kernels": .array(.string), "hosts": .array(.string), "threads": .array(.count), "programs": .array(.string), "command": .string, "summary": .string,
    ]
    static let listedProof = Schema.named("ListedProof", .object(proofFields))
    static let proofList = Schema.named("ProofList", .object(["proofs": .array(listedProof)]))
    static let proof = Schema.named(
        "Proof",
        .object(
            proofFields.merging([
                "progress": .nullable(
                    .object(["fraction": .nullable(.real), "runs_ended": .count, "rate": .nullable(.real), "remaining_seconds": .nullable(.real)])),
                "cells": .array(
                    .object([
                        "cell": .string, "kind": .string, "verdict": .nullable(proofVerdict), "reason": .nullable(.string), "difference": .nullable(proofDifference),
                        "runs": .array(.string), "rerun": .count, "forms": .count, "expressions": .count, "changed": .nullable(.word(["edited", "updated", "deleted"])),
                    ])),
                "runs": .array(
                    .object([
                        "run": .string, "chosen": .boolean, "rerun": .nullable(.string), "verdict": .nullable(proofVerdict), "reason": .nullable(.string),
                        "difference": .nullable(proofDifference), "compared": .count, "archives": .count, "damaged_archives": .count, "missing_archives": .count, "threads": .nullable(.count),
                        "kernels": .nullable(.string), "host": .nullable(.string), "program": .nullable(.string), "evaluations": .array(.string),
                    ])),
            ]) { $1 }))
}
