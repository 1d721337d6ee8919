internal import Canonical

/// The files that an experiment ends in.
public struct ExperimentResult: Sendable, Equatable {
    public struct File: Sendable, Equatable {
        public let name: String
        public let text: String
    }

    /// A Markdown page with the table, what it means and how it was made.
    public let markdown: String
    /// The page, the table with every single value, the same with its provenance as JSON, and the figure where there is one.
    public let files: [File]

    init(_ experiment: Experiment, page: [String], csv: String, json: [String: JSONValue], svg: String? = nil) {
        let name = experiment.rawValue
        var json = json
        json["experiment"] = .string(name)
        markdown = (["# \(experiment.title)", ""] + page + (svg == nil ? [] : ["", "![\(experiment.title)](\(name).svg)"])).joined(separator: "\n") + "\n"
        files = [
            File(name: "\(name).md", text: markdown), File(name: "\(name).csv", text: csv),
            File(name: "\(name).json", text: JSONValue.object(json).canonicalText + "\n"),
        ] + (svg.map { [File(name: "\(name).svg", text: $0)] } ?? [])
    }
}
