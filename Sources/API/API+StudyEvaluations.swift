import Access
import Canonical
import Catalog
import Execution
import HTTPServer
import HTTPTypes
import Results

/// Evaluating one checkpoint of each run of a study: in parts, so that neither the queue nor an answer grows with the study.
extension API {
    /// Continues where an earlier request under the same key was broken off.
    func evaluate(study: String, _ asked: AskedEvaluation, _ key: IdempotencyKey?) async throws -> Response {
        if let key, let known = try await workbench.evaluations(under: key) { return .json(try await API.answer(known, made: 0, catalog)) }
        let request = StudyEvaluation(study: study, key: key)
        var (parts, runs) = try await catalog.read { reader in
            guard try reader.study(study) != nil else { throw WorkbenchError.unknownStudy(study) }
            return (try reader.evaluationRequest(request.id), try reader.runNumbers(ofStudy: study)[...])
        }
        var made = 0
        while parts.last?.isFinal != true {
            try Task.checkCancellation()
            if let last = parts.last?.last { runs = runs.drop { $0 <= last } }
            let (ahead, isFirst) = (runs, parts.isEmpty)
            let (planned, part) = try await catalog.read { try plan(asked, study, ahead, isFirst: isFirst, $0) }
            let (stored, isNew) = try await workbench.evaluate(planned, as: part, parts.count, of: request, by: Visitor.current)
            if isNew { made += stored.made }
            parts.append(stored)
        }
        return .json(try await answer(parts, made: made, of: request), status: made > 0 ? .created : .ok)
    }

    /// The next part of a request: runs until as many are read as fit in a part and one of them has the checkpoint, or until none is left.
    /// - Parameter runs: the numbers of the runs that are left
    /// - Errors: `FieldError` for an evaluation that does not suit the runs; `WorkbenchError`, where no run of the study has the checkpoint
    private func plan(
        _ asked: AskedEvaluation, _ study: String, _ runs: ArraySlice<Int64>, isFirst: Bool, _ reader: CatalogReader
    ) throws -> ([NewEvaluation], EvaluationRequestPart) {
        var planned: [NewEvaluation] = [], ahead = runs
        var part = EvaluationRequestPart(last: runs.first ?? 0, jobs: [], made: 0, skipped: 0, reasons: [], isFinal: false)
        var refusal: WorkbenchError?
        let datasets = planner.facts
        while planned.isEmpty, let first = ahead.first {
            let some = ahead.prefix(StudyEvaluation.runsOfPart)
            for run in try reader.runs(ofStudy: study, numbered: first...(some.last ?? first)) {
                try Task.checkCancellation()
                do {
                    planned.append(try plan(asked, run, among: datasets, reader))
                } catch let error as WorkbenchError {
                    refusal = refusal ?? error
                    part.leaveOut(run, "\(error)")
                } catch let error as FieldError where !isFirst {
                    part.leaveOut(run, "\(error)")
                }
            }
            part.last = some.last ?? first
            ahead = ahead.dropFirst(some.count)
        }
        part.isFinal = ahead.isEmpty
        if planned.isEmpty, isFirst, let refusal { throw refusal }
        return (planned, part)
    }

    private func answer(_ parts: [EvaluationRequestPart], made: Int, of request: StudyEvaluation) async throws -> JSONValue {
        try await API.answer(
            parts.flatMap(\.jobs), made: made, skipped: parts.reduce(0) { $0 + $1.skipped }, reasons: parts.flatMap(\.reasons), request: request.id, catalog)
    }

    /// How many evaluations stand for a request, the first ones, and where all are listed.
    static func answer(
        _ ids: [String], made: Int, skipped: Int = 0, reasons: [EvaluationRequestPart.Reason] = [], request: String? = nil, _ catalog: Catalog
    ) async throws -> JSONValue {
        let shown = Array(ids.prefix(mostListed))
        let jobs = try await catalog.read { reader in try shown.map { EvaluationJobJSON.full(try reader.requiredEvaluationJob($0)) } }
        return [
            "evaluations": .array(jobs), "total": .count(ids.count), "queued": .count(made),
            "skipped": .array(reasons.prefix(mostListed).map { ["run": .string($0.run), "reason": .string($0.reason)] }), "skipped_total": .count(skipped),
            "list": .optional(request.map { "/api/v1/evaluations?request=\($0)" }),
        ]
    }

    /// A page of the evaluations that stand for a request.
    /// - Parameter token: the place of its first entry: the part, and the place in the part
    func page(ofRequest id: String, _ token: String?, _ reader: CatalogReader) throws -> JSONValue {
        let place = try token.map(API.place) ?? (part: 0, entry: 0)
        guard let part = try reader.evaluationRequestPart(place.part, of: id) else {
            if token == nil { throw WorkbenchError.unknownEvaluationRequest(id) }
            throw API.foreignToken
        }
        let left = part.jobs.dropFirst(place.entry), shown = left.prefix(API.mostListed)
        let next: String? =
            if left.count > shown.count {
                "\(place.part)-\(place.entry + shown.count)"
            } else {
                try reader.evaluationRequestPart(place.part + 1, of: id).map { _ in "\(place.part + 1)-0" }
            }
        return API.list(try shown.map { try reader.requiredEvaluationJob($0) }, next: next)
    }

    private static func place(_ token: String) throws -> (part: Int, entry: Int) {
        let numbers = token.split(separator: "-", omittingEmptySubsequences: false)
        guard numbers.count == 2, let part = Int(String(numbers[0]), in: 0...999_999), let entry = Int(String(numbers[1]), in: 0...StudyEvaluation.runsOfPart) else {
            throw foreignToken
        }
        return (part, entry)
    }
}

extension EvaluationRequestPart {
    /// Counts a run that is left out, with the reason of the first ones.
    fileprivate mutating func leaveOut(_ run: RunRecord, _ reason: String) {
        skipped += 1
        if reasons.count < API.mostListed { reasons.append(Reason(run: run.id, reason: reason)) }
    }
}
