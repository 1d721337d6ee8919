import Access
import Canonical
import Catalog
import Datasets
import Execution
import HTTPServer
import HTTPTypes

/// Deleting runs, studies, checkpoints, and data sets, with a day in which it can be undone; and where the disk space is.
extension API {
    private static let kinds = Deletion.Kind.byHand.map(\.rawValue)

    func addTrash(to routes: inout RouteTable) {
        routes.add(
            Route(
                .get, "/trash/preview", "Returns what deleting something takes away and frees. Changes nothing.", needs: .viewer, load: .reading,
                query: [
                    QueryParameter("kind", .word(API.kinds), "What is to be deleted.", isRequired: true),
                    QueryParameter("id", .plain, "The id of a run or study, RUN/STEP for a checkpoint, or the name of a data set.", isRequired: true),
                ], answers: [.json(.deletionPreview)], problems: [.conflict, .notFound])
        ) { request, _ in
            let kind = Deletion.Kind(rawValue: request.query.first("kind") ?? "") ?? .run, id = request.query.first("id") ?? ""
            try checkDataset(kind, id)
            let preview = try await workbench.preview(deleting: kind, id)
            return .json([
                "title": .string(preview.title), "runs": .count(preview.runs.count), "reruns": .count(preview.reruns), "checkpoints": .count(preview.checkpoints), "bytes": .integer(preview.bytes),
                "links": .count(preview.links), "notebooks": .count(preview.notebooks),
            ])
        }
        routes.add(
            Route(
                .get, "/trash", "Lists what was deleted and can still be restored, last deleted first.", needs: .viewer, load: .reading, answers: [.json(.array(.deletion))])
        ) { _, _ in .json(.array(try await catalog.read { try $0.trash() }.map(API.deletion))) }
        routes.add(
            Route(
                .post, "/trash", "Deletes a run, a study, a checkpoint, or (for owners) a data set. It can be restored for a day.", needs: .editor, body: .json(.deletionRequest),
                answers: [.json(.deletion, status: .created)], problems: [.conflict, .notFound])
        ) { request, _ in
            var fields = try FieldReader(try await request.json().value)
            let kind = Deletion.Kind(rawValue: try fields.oneOf("kind", API.kinds)) ?? .run, id = try fields.string("id", maximumBytes: 200)
            try fields.finish()
            try checkDataset(kind, id)
            if kind == .dataset, Visitor.current.role != .owner { throw ServerError(.forbidden, code: "forbidden", "Deleting a data set requires the owner role.") }
            return .json(API.deletion(try await workbench.delete(kind, id, by: Visitor.current)), status: .created)
        }
        routes.add(
            Route(
                .post, "/trash/{number:int}/restore", "Restores what was deleted, as it was.", needs: .editor, answers: [.json(.deletion)])
        ) { _, parameters in .json(API.deletion(try await workbench.restore(Int64(parameters.integer("number")), by: Visitor.current))) }
        routes.add(
            Route(
                .delete, "/trash/{number:int}", "Removes what was deleted for good, before its day is over.", needs: .owner, answers: [.json(.deletion)], problems: [.conflict])
        ) { _, parameters in .json(API.deletion(try await workbench.removeForGood(Int64(parameters.integer("number")), by: Visitor.current))) }
        routes.add(
            Route(
                .get, "/disk", "Returns the disk space that each study takes, the largest first, and that of archives that several studies share.", needs: .viewer, load: .computing,
                answers: [.json(.diskUse)])
        ) { _, _ in
            let studies = try await workbench.diskByStudy()
            let names = try await catalog.read { reader in try studies.reduce(into: [:] as [String: String]) { names, one in names[one.study ?? ""] = try one.study.flatMap { try reader.study($0)?.name } } }
            return .json([
                "studies": .array(
                    studies.map { one in
                        .object([
                            "study": .optional(one.study.flatMap { $0.isEmpty ? nil : $0 }), "name": .string(one.study == nil ? "Shared by several studies" : names[one.study ?? ""] ?? "Runs without a study"),
                            "runs": .count(one.runs), "checkpoints": .count(one.checkpoints), "bytes": .integer(one.bytes),
                        ])
                    }),
            ])
        }
    }

    /// - Errors: 404 `dataset-unknown`; 409 `in-use` for what the program makes itself
    private func checkDataset(_ kind: Deletion.Kind, _ name: String) throws {
        guard kind == .dataset else { return }
        guard let status = planner.datasets.list().first(where: { $0.description.name == name }), status.bytes != nil else {
            throw ServerError(.notFound, code: "dataset-unknown", "There is no data set '\(name.prefix(80))', or it has no files.")
        }
    }

    static func deletion(_ deletion: Deletion) -> JSONValue {
        .object([
            "number": .integer(deletion.number), "kind": .string(deletion.kind.rawValue), "id": .string(deletion.target), "title": .string(deletion.title), "bytes": .integer(deletion.bytes),
            "actor": .string(deletion.actor), "deleted": .number(deletion.deleted), "expires": .number(deletion.expires),
        ])
    }
}

extension Schema {
    private static let deletionKind = Schema.word(Deletion.Kind.allCases.map(\.rawValue)), deletableKind = Schema.word(Deletion.Kind.byHand.map(\.rawValue))
    static let deletion = Schema.named(
        "Deletion",
        .object([
            "number": .count, "kind": deletionKind, "id": .string, "title": .string, "bytes": .count, "actor": .string, "deleted": .time, "expires": .time,
        ]))
    static let deletionPreview = Schema.named(
        "DeletionPreview",
        .object(["title": .string, "runs": .count, "reruns": .count, "checkpoints": .count, "bytes": .count, "links": .count, "notebooks": .count]))
    static let deletionRequest = Schema.named("DeletionRequest", .closed(["kind": deletableKind, "id": .text(1...200, pattern: nil)], optional: [:]))
    static let diskUse = Schema.named(
        "DiskUse",
        .object([
            "studies": .array(.object(["study": .nullable(.string), "name": .string, "runs": .count, "checkpoints": .count, "bytes": .count])),
        ]))
}
