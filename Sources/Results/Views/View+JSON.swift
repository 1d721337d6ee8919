package import Canonical
import Figures
import Studies

/// The canonical JSON of views.
extension View {
    /// The version of the format; raised if the meaning of a field changes.
    package static let version = 1

    /// The kind of a view: `kind` in its JSON.
    package enum Kind: String, Sendable, CaseIterable {
        case figure, table, grid, curves, page

        /// What can be shown of this kind.
        package var names: [String] {
            switch self {
            case .figure: ComparisonFigure.allCases.filter { !$0.isTable }.map(\.rawValue) + [View.overviewName]
            case .table: ComparisonFigure.allCases.filter(\.isTable).map(\.rawValue) + ["results", "groups"]
            case .grid: ["samples"]
            case .curves: ["losses"]
            case .page: ["run", "study", "lab", "comparison"]
            }
        }
    }

    /// The figure of a study's own page.
    package static let overviewName = "study"
    /// Maximum number of studies in one comparison.
    package static let mostStudies = 8
    /// Maximum number of runs in one comparison.
    package static let mostRuns = 200
    /// Maximum number of models that a comparison may name.
    package static let mostModels = 64
    /// The metrics of which there can be values.
    package static let metrics = MetricChoice.all.flatMap(\.values).map(\.name)

    /// Reads a view strictly: a field that does not apply to what is shown is an error, as is every unknown one.
    /// - Errors: `FieldError` with the path of the field.
    package init(reading value: JSONValue, path: String = "") throws(FieldError) {
        var reader = ViewReader(fields: try FieldReader(value, path: path))
        self = try reader.view()
    }

    /// Every field that applies, defaults included; lists that name nothing and options that are not chosen are omitted.
    package var json: JSONValue {
        var members: [String: JSONValue] = ["version": .count(View.version)]
        func show(_ kind: Kind, _ name: String) { (members["kind"], members["name"]) = (.string(kind.rawValue), .string(name)) }
        func choose(_ query: ComparisonQuery, _ scale: AxisScale? = nil) {
            members.merge(query.members) { $1 }
            members["scale"] = scale.map { .string($0.rawValue) }
        }
        func ofStudy(_ study: String, _ metric: String?) { (members["studies"], members["metric"]) = ([.string(study)], metric.map { .string($0) }) }
        switch content {
        case .compared(let figure, let query, let scale):
            show(figure.isTable ? .table : .figure, figure.rawValue)
            choose(query, figure.isTable ? nil : scale)
        case .groups(let query):
            show(.table, "groups")
            choose(query)
        case .overview(let study, let metric, let scale):
            show(.figure, View.overviewName)
            ofStudy(study, metric)
            members["scale"] = scale.map { .string($0.rawValue) }
        case .results(let study, let metric):
            show(.table, "results")
            ofStudy(study, metric)
        case .grid(let run, let step):
            show(.grid, "samples")
            (members["runs"], members["step"]) = ([.string(run)], step.map { .count($0) })
        case .curves(let study, let model, let series):
            show(.curves, "losses")
            (members["studies"], members["models"], members["series"]) = ([.string(study)], [.string(model)], .string(series))
        case .page(.run(let run)):
            show(.page, "run")
            members["runs"] = [.string(run)]
        case .page(.study(let study)):
            show(.page, "study")
            members["studies"] = [.string(study)]
        case .page(.lab(let lab)):
            show(.page, "lab")
            members["lab"] = .string(lab)
        case .page(.comparison(let query, let figure, let scale)):
            show(.page, "comparison")
            choose(query, scale)
            members["figure"] = .string(figure.rawValue)
        }
        return .object(members)
    }
}

extension ComparisonQuery {
    fileprivate var members: [String: JSONValue] {
        var members: [String: JSONValue] = [
            "selection": .string(selection.rawValue), "mixed": .bool(mixesProtocols), "budget": .string(budget.rawValue),
        ]
        for (name, values) in [("studies", studies), ("runs", runs), ("models", models)] where !values.isEmpty {
            members[name] = .array(values.map { .string($0) })
        }
        members["metric"] = metric.map { .string($0) }
        members["protocol"] = protocolDigest.map { .string($0) }
        return members
    }
}

/// Reads the fields of one view.
private struct ViewReader {
    var fields: FieldReader

    mutating func view() throws(FieldError) -> View {
        _ = try fields.optionalInteger("version", in: View.version...View.version)
        let kind = View.Kind(rawValue: try fields.oneOf("kind", View.Kind.allCases.map(\.rawValue))) ?? .figure
        let name = try fields.oneOf("name", kind.names)
        let content = try content(kind, name)
        try fields.finish()
        return View(content)
    }

    private mutating func content(_ kind: View.Kind, _ name: String) throws(FieldError) -> View.Content {
        switch (kind, name) {
        case (.figure, View.overviewName): .overview(study: try one("studies"), metric: try metric(), scale: try scale())
        case (.table, "results"): .results(study: try one("studies"), metric: try metric())
        case (.table, "groups"): .groups(try query())
        case (.figure, _): .compared(ComparisonFigure(rawValue: name) ?? .distribution, try query(), scale: try scale())
        case (.table, _): .compared(ComparisonFigure(rawValue: name) ?? .table, try query())
        case (.grid, _): .grid(run: try one("runs"), step: try fields.optionalInteger("step", in: 0...Int(Int32.max)))
        case (.curves, _): .curves(study: try one("studies"), model: try one("models"), series: try fields.oneOf("series", ReportCurves.series))
        case (.page, "run"): .page(.run(try one("runs")))
        case (.page, "study"): .page(.study(try one("studies")))
        case (.page, "lab"): .page(.lab(try fields.string("lab", maximumBytes: 200)))
        case (.page, _):
            .page(
                .comparison(
                    try query(), figure: try fields.optionalOneOf("figure", ComparisonFigure.allCases.map(\.rawValue)).flatMap(ComparisonFigure.init) ?? .distribution,
                    scale: try scale()))
        }
    }

    private mutating func query() throws(FieldError) -> ComparisonQuery {
        var query = ComparisonQuery(
            studies: try names("studies", 1...View.mostStudies), runs: try names("runs", 1...View.mostRuns), models: try names("models", 1...View.mostModels),
            metric: try metric())
        // A view names studies, runs, or both.
        if query.studies.isEmpty, query.runs.isEmpty { query.studies = try required("studies", 1...View.mostStudies) }
        query.selection = try fields.optionalOneOf("selection", ComparisonQuery.Selection.allCases.map(\.rawValue)).flatMap(ComparisonQuery.Selection.init) ?? .best
        query.mixesProtocols = try fields.optionalBool("mixed") ?? false
        query.budget = try fields.optionalOneOf("budget", ComparisonQuery.Budget.allCases.map(\.rawValue)).flatMap(ComparisonQuery.Budget.init) ?? .settings
        query.protocolDigest = try fields.optionalDigest("protocol")?.hex
        return query
    }

    private mutating func metric() throws(FieldError) -> String? { try fields.optionalMetricValue("metric") }

    private mutating func scale() throws(FieldError) -> AxisScale? {
        try fields.optionalOneOf("scale", AxisScale.allCases.map(\.rawValue)).flatMap(AxisScale.init)
    }

    /// The only element of a list.
    private mutating func one(_ key: String) throws(FieldError) -> String {
        try required(key, 1...1)[0]
    }

    private mutating func required(_ key: String, _ count: ClosedRange<Int>) throws(FieldError) -> [String] {
        _ = try fields.array(key, count: count)
        return try names(key, count)
    }

    private mutating func names(_ key: String, _ count: ClosedRange<Int>) throws(FieldError) -> [String] {
        let names = try fields.optionalStrings(key, count: count) ?? []
        for (place, name) in names.enumerated() {
            guard (1...200).contains(name.utf8.count) else { throw fields.error("\(key)[\(place)]", "must have 1 to 200 bytes") }
            guard !names[..<place].contains(name) else { throw fields.error("\(key)[\(place)]", "\"\(name)\" is a duplicate") }
        }
        return names
    }
}
