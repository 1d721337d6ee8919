import Access
import Canonical
import Catalog
import Execution
import HTTPServer
import HTTPTypes
import Results

/// Which checkpoints of a study stay, what would go, and cleaning up.
extension API {
    private static let mostStudies = 1000

    func addRetention(to routes: inout RouteTable) {
        routes.add(
            Route(
                .get, "/retention", "Lists the retention rules of studies, and the checkpoints that somebody keeps. Studies without a rule keep everything.", needs: .viewer, load: .reading,
                answers: [.json(.retention)])
        ) { _, _ in
            let (rules, kept) = try await catalog.read { reader in
                (
                    try reader.retentionRules().map { rule in
                        JSONValue.object([
                            "study": .string(rule.study), "name": .string(try reader.study(rule.study)?.name ?? rule.study), "rule": rule.rule.json, "actor": .string(rule.actor), "time": .number(rule.time),
                        ])
                    }, try reader.keptCheckpoints()
                )
            }
            return .json([
                "rules": .array(rules),
                "kept": .array(kept.map { ["run": .string($0.run), "step": .count($0.step), "actor": .string($0.actor), "time": .number($0.time)] }),
            ])
        }
        routes.add(
            Route(
                .patch, "/studies/{id}/retention", "Gives a study a retention rule: how many of the last and of the best checkpoints of each run stay, and at which interval of steps. Deletes nothing.",
                needs: .editor, body: .json(.retentionRule, example: ["last": 1, "best": 2, "every": 1000]), answers: [.json(.retentionRule)])
        ) { request, parameters in
            var fields = try FieldReader(try await request.json().value)
            var rule = RetentionRule()
            rule.last = try fields.integer("last", in: RetentionRule.counts)
            rule.best = try fields.integer("best", in: 1...RetentionRule.counts.upperBound)
            // Null is no interval.
            if fields.optionalValue("every") != .null { rule.every = try fields.optionalInteger("every", in: RetentionRule.intervals) }
            try fields.finish()
            try await workbench.setRetention(ofStudy: parameters["id"], rule, by: Visitor.current)
            return .json(rule.json)
        }
        routes.add(
            Route(.delete, "/studies/{id}/retention", "Takes the retention rule of a study away: everything stays.", needs: .editor, answers: [.nothing])
        ) { _, parameters in
            try await workbench.setRetention(ofStudy: parameters["id"], nil, by: Visitor.current)
            return .noContent()
        }
        routes.add(
            Route(
                .post, "/retention/kept", "Keeps a checkpoint whatever a retention rule says, or no longer.", needs: .editor, body: .json(.keptRequest), answers: [.json(.keptRequest)],
                problems: [.conflict, .notFound])
        ) { request, _ in
            var fields = try FieldReader(try await request.json().value)
            let run = try fields.string("run", maximumBytes: 200), step = try fields.integer("step", in: 0...Int.max), kept = try fields.bool("kept")
            try fields.finish()
            try await workbench.keep(kept, checkpoint: step, ofRun: run, by: Visitor.current)
            return .json(["run": .string(run), "step": .count(step), "kept": .bool(kept)])
        }
        routes.add(
            Route(
                .get, "/retention/preview", "Returns which checkpoints the retention rules would delete, what that frees, and how many stay for which reason. Changes nothing.", needs: .viewer,
                load: .computing, query: [QueryParameter("studies", .list(.string, 1...Self.mostStudies, distinct: true), "Only these studies; all with a rule unless said otherwise.")], answers: [.json(.retentionPreview)], problems: [.notFound])
        ) { request, _ in .json(try await workbench.retentionPreview(of: request.query.first("studies").map { $0.split(separator: ",").map(String.init) }).json) }
        routes.add(
            Route(
                .post, "/retention/clean", "Moves the checkpoints that a preview showed to the trash, from which they can be restored for a day. Rejected if others would go by now.",
                needs: .editor, body: .json(.cleaningRequest), answers: [.json(.array(.deletion), status: .created)], problems: [.conflict, .notFound])
        ) { request, _ in
            var fields = try FieldReader(try await request.json().value)
            let preview = try fields.digest("preview").hex, studies = try fields.optionalStrings("studies", count: 1...Self.mostStudies)
            try fields.finish()
            return .json(.array(try await workbench.clean(up: studies, asShown: preview, by: Visitor.current).map(API.deletion)), status: .created)
        }
    }
}

extension Schema {
    static let retentionRule = Schema.named(
        "RetentionRule",
        .closed(
            ["last": .integer(RetentionRule.counts), "best": .integer(1...RetentionRule.counts.upperBound)], optional: ["every": .nullable(.integer(RetentionRule.intervals))]))
    static let retention = Schema.named(
        "Retention",
        .object([
            "rules": .array(.object(["study": .string, "name": .string, "rule": .retentionRule, "actor": .string, "time": .time])),
            "kept": .array(.object(["run": .string, "step": .count, "actor": .string, "time": .time])),
        ]))
    static let keptRequest = Schema.named("KeptCheckpoint", .closed(["run": .text(1...200, pattern: nil), "step": .count, "kept": .boolean], optional: [:]))
    static let retentionPreview = Schema.named(
        "RetentionPreview",
        .object([
            "preview": .digest, "checkpoints": .count, "bytes": .count,
            "studies": .array(
                .object([
                    "study": .string, "name": .string, "rule": .retentionRule, "checkpoints": .count, "bytes": .count, "staying": .map(.count),
                    "going": .array(.object(["run": .string, "step": .count, "bytes": .count])),
                ])),
        ]))
    static let cleaningRequest = Schema.named(
        "CleaningRequest", .closed(["preview": .digest], optional: ["studies": .list(.text(1...200, pattern: nil), 1...1000, distinct: false)]))
}
