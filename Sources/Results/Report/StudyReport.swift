import Canonical
public import Catalog
import Figures
import Foundation
public import Storage
public import Studies
import Training

/// A study as a folder that needs no server: figures as SVG in two themes with their numbers as CSV and JSON, tables, sample grids of each model, a page
/// in Markdown, and the plan that produced it all.
///
/// The report's metric, by default the study's objective, has every figure. The objective, FID, and F1 on the manifold of polygons (figure 6 of
/// Lucic et al. 2018) have their distribution, budget, and table if the study measured them; the other metrics share one table. If settings were chosen by
/// hand, the losses are drawn over the steps. Other studies of the same data set may be shown side by side (figure 15).
public struct StudyReport {
    let study: StudyRecord
    let comparison: Comparison
    /// The other metrics of the study that have a section.
    let further: [Comparison]
    /// All remaining metrics, in documented order.
    let others: [Comparison]
    /// The study after those it is shown with; nil without any.
    let beside: Comparison?
    let grids: [ReportGrid]
    let curves: [ReportCurves]
    private let folder: String

    /// - Parameter beside: ids of further studies, which come first where studies are shown side by side.
    /// - Parameter asked: nil for the study's objective.
    /// - Errors: `ResultsError.unknownStudy`, `MetricNotMeasured`, those of the catalog.
    public init(
        _ study: String, metric asked: String? = nil, beside: [String] = [], storage: StorageFolder, folder: String, models: [ModelSchema], _ reader: CatalogReader
    ) throws {
        guard let record = try reader.study(study) else { throw ResultsError.unknownStudy(study) }
        self.study = record
        let objective = record.objective.metric, metric = asked ?? objective
        let comparison = try Comparison(ComparisonQuery(studies: [study], metric: metric), models: models, reader)
        let all = try StudyReport.measured(comparison, reader)
        try comparison.checkIsMeasured()
        let measured = all.filter { $0 != metric }
        func others(_ names: [String]) throws -> [Comparison] {
            try names.map { try Comparison(ComparisonQuery(studies: [study], metric: $0), models: models, reader) }
        }
        func hasSection(_ name: String) -> Bool { name == objective || MetricChoice.value(named: name)?.isHeadline == true }
        further = try others(measured.filter(hasSection))
        self.others = try others(measured.filter { !hasSection($0) })
        self.beside = beside.isEmpty ? nil : try Comparison(ComparisonQuery(studies: beside + [study], metric: metric), models: models, reader)
        grids = try ReportGrid.all(comparison, storage, reader)
        curves = try ReportCurves.all(comparison, of: record, reader)
        self.comparison = comparison
        self.folder = folder
    }

    /// The metrics for which any run has a value.
    private static func measured(_ comparison: Comparison, _ reader: CatalogReader) throws -> [String] {
        let numbers = comparison.groups.flatMap(\.entries).map(\.run.number)
        let names = Set(try reader.scores(ofRuns: numbers).values.flatMap { $0.map(\.metric) })
        return MetricChoice.all.flatMap(\.values).map(\.name).filter(names.contains)
    }

    /// Writes the folder; existing files with other names stay.
    /// - Returns: the names of the files written.
    /// - Errors: `FileError`, `ResultsError.mixedProtocols`.
    public func write() throws -> [String] {
        try FileSystem.makeFolder(folder)
        var names: [String] = []
        func put(_ bytes: [UInt8], _ name: String) throws {
            try AtomicFile.write(bytes, to: folder + "/" + name)
            names.append(name)
        }
        func put(_ text: String, _ name: String) throws { try put(Array(text.utf8), name) }
        func put(_ shown: ResolvedView, _ name: String) throws {
            guard let rendered = try shown.rendered() else { return }
            for (form, ending) in StudyReport.forms {
                if let bytes = ViewRenderer().bytes(rendered, form) { try put(bytes + (form == .json ? Array("\n".utf8) : []), name + ending) }
            }
        }
        for comparison in [comparison] + further + [beside].compactMap({ $0 }) {
            for part in parts(of: comparison) { try put(part.resolved(comparison), part.name(comparison)) }
        }
        for curve in curves { try put(curve.resolved(of: study.id), curve.name) }
        for grid in grids { try put(try FileSystem.read(grid.path), grid.name) }
        try put(JSONValue(stored: study.plan).prettyText + "\n", "plan.json")
        try put(try page(), "\(comparison.metric == study.objective.metric ? "README" : comparison.metric.uppercased()).md")
        return names
    }

    private static let width = 860

    /// The files of a figure or table, by their names' endings.
    private static let forms: [(ViewForm, ending: String)] = [
        (.svg(FigureStyle(width: width)), ".svg"), (.svg(FigureStyle(theme: .dark, width: width)), "-dark.svg"), (.csv, ".csv"), (.json, ".json"),
    ]

    /// The figures and tables of a metric in page order. Parts that need several settings or seeds are left out if there is only one.
    func parts(of comparison: Comparison) -> [ReportPart] {
        guard comparison.sources.count == 1 else { return ReportPart.sideBySide.map { $0.fitted(to: comparison) } }
        let entries = comparison.groups.flatMap(\.entries)
        let hasSettings = Set(entries.map { $0.run.setting ?? 0 }).count > 1, hasSeeds = Set(entries.map(\.run.seed)).count > 1
        return ReportPart.all.filter { part in
            switch part.figure {
            case .table, .distribution, .budget: true
            case .sensitivity: hasSettings && comparison.query == self.comparison.query
            case .improvement: comparison.groups.count > 1 && comparison.query == self.comparison.query
            case .paired: hasSeeds && comparison.groups.count > 1 && comparison.query == self.comparison.query
            case .spread: hasSeeds && comparison.query == self.comparison.query
            default: comparison.query == self.comparison.query
            }
        }.map { $0.fitted(to: comparison) }
    }
}
