package import Canonical
package import Catalog
package import Storage
import Studies

/// What the retention rules of studies would delete, and why the rest stays. It reads, and changes nothing.
///
/// Of the runs of a study, and of their reruns, everything stays that the rule names and that anything needs (`Reason`). A checkpoint whose content another one needs stays
/// too: nothing would become free. Content that several deleted checkpoints share is counted once.
package struct RetentionPreview: Sendable, Equatable {
    /// A checkpoint that goes.
    package struct Checkpoint: Sendable, Equatable {
        package var run: String
        package var number: Int64
        package var step: Int
        /// What it frees; 0 where an earlier one of the preview has the same content.
        package var bytes: Int64
    }

    /// Why a checkpoint stays; the first one that applies.
    package enum Reason: String, Sendable, CaseIterable {
        /// The run, or another run or evaluation of its specification, is queued or running.
        case busy
        /// The run did not run to its end, and would resume from it.
        case resume
        /// Among those with the best values of the run's objective.
        case best
        /// Somebody keeps it.
        case byHand = "by-hand"
        /// A notebook, a valid link, or a proof names the run or the digest.
        case named
        /// The run and a rerun of it differ, and the archives show where.
        case differs
        /// Among the newest.
        case last
        /// At a step of the interval.
        case every
        /// Something else that stays has the same content.
        case shared
    }

    /// A study with a rule.
    package struct Study: Sendable, Equatable {
        package var study: String
        package var name: String
        package var rule: RetentionRule
        /// In the order of runs and steps.
        package var going: [Checkpoint] = []
        /// How many stay, by reason.
        package var staying: [Reason: Int] = [:]

        /// What is free afterwards.
        package var bytes: Int64 { going.reduce(0) { $0 + $1.bytes } }
    }

    /// By id.
    package private(set) var studies: [Study] = []

    /// Of what goes: the same for two previews that delete the same checkpoints.
    package var digest: Digest {
        JSONValue.array(studies.filter { !$0.going.isEmpty }.map { study in .array([.string(study.study), .array(study.going.map { [.string($0.run), .count($0.step)] })]) }).digest
    }

    /// - Parameters:
    ///   - chosen: only these studies, which have rules; nil for all with a rule
    ///   - time: now, in Unix seconds
    ///   - storage: has the archives, whose sizes are read
    /// - Errors: `ResultsError.unknownStudy`; those of the catalog
    package init(of chosen: [String]? = nil, at time: Double, storage: StorageFolder, _ reader: CatalogReader) throws {
        var rules = try reader.retentionRules()
        if let chosen {
            for id in chosen where try reader.study(id) == nil { throw ResultsError.unknownStudy(id) }
            rules = rules.filter { chosen.contains($0.study) }
        }
        guard !rules.isEmpty else { return }
        let present = try reader.presentCheckpoints(), needs = Needs(busy: try reader.busySpecifications(), named: try reader.named(at: time), differing: try reader.runsThatDiffer())
        let byRun = Dictionary(grouping: present.filter { !$0.isDeleted }, by: \.run)
        for rule in rules {
            guard let study = try reader.study(rule.study) else { continue }
            var found = Study(study: study.id, name: study.name, rule: rule.rule)
            let members = try reader.runs(goingWith: Deletion(kind: .study, target: study.id, title: "", bytes: 0, actor: "", deleted: 0, expires: 0))
            for run in members {
                try Task.checkCancellation()
                let own = byRun[run.number] ?? [], reasons = try needs.reasons(run, own, rule.rule, reader)
                for checkpoint in own {
                    if let reason = reasons[checkpoint.step] {
                        found.staying[reason, default: 0] += 1
                    } else {
                        found.going.append(Checkpoint(run: run.id, number: run.number, step: checkpoint.step, bytes: 0))
                    }
                }
            }
            studies.append(found)
        }
        try settle(present, storage)
    }

    private struct Place: Hashable { var run: Int64, step: Int }

    /// Keeps what shares its content with something that stays, and counts what the rest frees.
    private mutating func settle(_ present: [PresentCheckpoint], _ storage: StorageFolder) throws {
        let going = Set(studies.flatMap { $0.going.map { Place(run: $0.number, step: $0.step) } })
        let digests = Dictionary(present.map { (Place(run: $0.run, step: $0.step), $0.digest) }) { first, _ in first }
        let needed = Set(present.filter { !$0.isDeleted && !going.contains(Place(run: $0.run, step: $0.step)) }.map(\.digest))
        var counted: Set<String> = []
        for place in studies.indices {
            var rest: [Checkpoint] = []
            for var checkpoint in studies[place].going {
                guard let digest = digests[Place(run: checkpoint.number, step: checkpoint.step)], !needed.contains(digest) else {
                    studies[place].staying[.shared, default: 0] += 1
                    continue
                }
                if counted.insert(digest).inserted, let path = try? storage.archive(digest) { checkpoint.bytes = Int64((try? FileSystem.size(of: path)) ?? 0) }
                rest.append(checkpoint)
            }
            studies[place].going = rest
        }
    }

    /// What needs checkpoints, whatever the rules say.
    private struct Needs {
        var busy: Set<String>
        var named: NamedResults
        var differing: Set<Int64>

        /// Why checkpoints of a run stay, by step; those without a reason may go.
        func reasons(_ run: RunRecord, _ checkpoints: [PresentCheckpoint], _ rule: RetentionRule, _ reader: CatalogReader) throws -> [Int: Reason] {
            guard !checkpoints.isEmpty else { return [:] }
            func all(_ reason: Reason) -> [Int: Reason] { Dictionary(checkpoints.map { ($0.step, reason) }) { first, _ in first } }
            if !run.state.isFinal || busy.contains(run.specificationDigest) { return all(.busy) }
            if named.runs.contains(run.id) { return all(.named) }
            if differing.contains(run.number) { return all(.differs) }
            var reasons: [Int: Reason] = [:]
            func keep(_ steps: [Int], _ reason: Reason) {
                for step in steps where reasons[step] == nil { reasons[step] = reason }
            }
            let steps = checkpoints.map(\.step).sorted()
            if run.state == .failed || run.state == .cancelled { keep(Array(steps.suffix(1)), .resume) }
            keep(try best(of: run, steps, max(1, rule.best), reader), .best)
            let kept = try reader.keptCheckpoints(ofRun: run.number)
            keep(steps.filter(kept.contains), .byHand)
            keep(checkpoints.filter { named.digests.contains($0.digest) }.map(\.step), .named)
            keep(Array(steps.suffix(rule.last)), .last)
            if let every = rule.every { keep(steps.filter { $0 % every == 0 }, .every) }
            return reasons
        }

        /// The steps with the best values of a run's objective, of those that have a checkpoint; of equal values the earlier step comes first.
        private func best(of run: RunRecord, _ steps: [Int], _ count: Int, _ reader: CatalogReader) throws -> [Int] {
            let direction = MetricDirection(metric: run.objective), there = Set(steps)
            let values = try reader.evaluations(ofRun: run.number).deciding(run.objective).compactMap { evaluation -> (step: Int, value: Double)? in
                guard let value = evaluation.value, value.isFinite, there.contains(evaluation.step) else { return nil }
                return (evaluation.step, value)
            }
            let sorted = values.sorted { a, b in a.value == b.value ? a.step < b.step : direction.isBetter(a.value, than: b.value) }
            return sorted.prefix(count).map(\.step)
        }
    }
}

extension RetentionRule {
    /// As the API and the page show it.
    package var json: JSONValue { ["last": .count(last), "best": .count(best), "every": .optional(every)] }

    /// "the last, the 2 best, and every 1000 steps"
    package var words: String {
        var parts = last == 0 ? [] : [last == 1 ? "the last" : "the \(last) last"]
        parts.append(best <= 1 ? "the best" : "the \(best) best")
        if let every { parts.append("those every \(every) steps") }
        return parts.count < 2 ? parts.joined() : parts.dropLast().joined(separator: ", ") + " and " + (parts.last ?? "")
    }
}

extension RetentionPreview {
    /// The most checkpoints that are listed of each study; all of them are counted.
    private static let mostListed = 200

    /// As the API answers.
    package var json: JSONValue {
        [
            "preview": .string(digest.hex), "checkpoints": .count(studies.reduce(0) { $0 + $1.going.count }), "bytes": .integer(studies.reduce(0) { $0 + $1.bytes }),
            "studies": .array(
                studies.map { study in
                    [
                        "study": .string(study.study), "name": .string(study.name), "rule": study.rule.json, "checkpoints": .count(study.going.count), "bytes": .integer(study.bytes),
                        "staying": .object(Dictionary(uniqueKeysWithValues: study.staying.map { ($0.key.rawValue, .count($0.value)) })),
                        "going": .array(study.going.prefix(Self.mostListed).map { ["run": .string($0.run), "step": .count($0.step), "bytes": .integer($0.bytes)] }),
                    ]
                }),
        ]
    }
}
