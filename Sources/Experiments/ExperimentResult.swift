internal import Canonical

/// The output files of an experiment.
public struct ExperimentResult: Sendable, Equatable {
    /// A text file.
    public struct File: Sendable, Equatable {
        /// The file name.
        public let name: String
        /// The content.
        public let text: String
    }

    /// A Markdown page with the table, its interpretation, and its provenance.
    public let markdown: String
    /// The page, every value as CSV, the values with provenance as JSON, and the figure if there is one.
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
