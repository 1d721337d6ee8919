import Canonical
import Foundation
import Models
import Numerics
import Testing

@testable import Studies
@testable import Training

/// The tables of docs/reproduction.md that restate the program: search ranges, and the members of `options` in a protocol.
@Suite("The tables of docs/reproduction.md")
struct ReproductionTablesTests {
    /// The rows of the table with this header, each as its cells without spaces around them.
    private static func rows(below header: String) throws -> [[String]] {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let path = tests.deletingLastPathComponent().appending(path: "docs/reproduction.md")
        let lines = try String(contentsOf: path, encoding: .utf8).components(separatedBy: "\n")
        let start = try #require(lines.firstIndex(of: header), "docs/reproduction.md has no table \(header)")
        let table = lines[start...].prefix { $0.hasPrefix("|") }.map(cells)
        for row in table { try #require(row.count == table[0].count, "docs/reproduction.md: the row \(row) has not the columns of \(header)") }
        return Array(table.dropFirst(2))
    }

    private static func cells(_ line: String) -> [String] {
        line.components(separatedBy: "|").dropFirst().dropLast().map { $0.trimmingCharacters(in: .whitespaces) }
    }

    /// The names in backticks of a cell, in order.
    private static func names(in cell: String) -> [String] { cell.matches(of: /`([^`]+)`/).map { String($0.1) } }

    private static func text(_ distribution: SearchDistribution?) -> String {
        switch distribution {
        case nil: "-"
        case .uniform(let low, let high)?: "[\(JSONNumber.text(low)), \(JSONNumber.text(high)))"
        case .logUniform10(let low, let high)?: "10^[\(JSONNumber.text(low)), \(JSONNumber.text(high)))"
        case .choice(let values)?: "{\(values.map(\.description).joined(separator: ", "))}"
        case .fixed(let value)?: value.description
        }
    }

    @Test func searchRangesAreThoseOfTheSchemas() throws {
        var described: [String: [[String]]] = [:]
        for row in try Self.rows(below: "| model | index | hyperparameter | setting 0 | wide | narrow |") {
            for model in Self.names(in: row[0]) { described[model, default: []].append(Array(row.dropFirst())) }
        }
        #expect(described.keys.sorted() == ModelCatalog.schemas.filter { !$0.hyperparameters.isEmpty }.map(\.name).sorted())
        for schema in ModelCatalog.schemas {
            let expected = schema.hyperparameters.enumerated().map { index, hyperparameter -> [String] in
                let narrow = hyperparameter.narrowDefault.map { "; narrow: \($0)" } ?? ""
                return [
                    "\(index)", "`\(hyperparameter.name)`", "\(hyperparameter.defaultValue)\(narrow)", Self.text(hyperparameter.wide),
                    Self.text(hyperparameter.narrow),
                ]
            }
            #expect(described[schema.name] ?? [] == expected, "\(schema.name)")
        }
    }

    /// The index in the table is the index of the sample.
    @Test(arguments: [SearchProtocol.Kind.wide, .narrow]) func settingsAreDrawnAtTheIndexInTheTable(kind: SearchProtocol.Kind) throws {
        var drawn = 0
        for row in try Self.rows(below: "| model | index | hyperparameter | setting 0 | wide | narrow |") {
            let index = try #require(Int(row[1])), name = try #require(Self.names(in: row[2]).first)
            for model in Self.names(in: row[0]) {
                let schema = try #require(ModelCatalog.schemas.first { $0.name == model })
                let setting = schema.settings(of: SearchProtocol(kind, settings: 3, searchSeed: 123))[2]
                let hyperparameter = try #require(schema.hyperparameter(name), "\(model): \(name)")
                guard let distribution = kind == .narrow ? hyperparameter.narrow : hyperparameter.wide else { continue }
                let stream = RandomStream(seed: 123, name: "search/\(model)")
                #expect(setting[name] == distribution.value(in: stream, step: 2, index: index), "\(model): \(name)")
                drawn += 1
            }
        }
        #expect(drawn > 30)
    }

    /// Every member of an object, those of objects within it as `object.member`.
    private static func members(of json: JSONValue, prefix: String = "") -> [String] {
        guard let members = json.objectValue else { return [] }
        return members.flatMap { name, value in [prefix + name] + Self.members(of: value, prefix: "\(prefix)\(name).") }
    }

    @Test func optionsOfProtocolsAreThoseInTheTable() throws {
        var described: [String: [String]] = [:]
        for row in try Self.rows(below: "| metric | members of `options` | constants |") {
            for metric in Self.names(in: row[0]) { described[metric] = Self.names(in: row[1]).sorted() }
        }
        #expect(described.keys.sorted() == MetricChoice.all.map(\.name).sorted())
        for choice in MetricChoice.all {
            // A protocol has `starts` only where it is not 1, and `temperature` only where it is not the model's own.
            let hasTemperature = choice.options.contains { $0.name == MetricChoice.temperatureOption }
            let given = choice.name == "prd" ? Hyperparameters(["starts": .integer(2)]) : hasTemperature ? [MetricChoice.temperatureOption: .real(0.5)] : nil
            let estimator = try #require(MetricEstimator.named(choice.name, options: choice.options(with: given)))
            #expect(described[choice.name] == Self.members(of: estimator.options).sorted(), "\(choice.name)")
        }
        let curve = try #require(MetricChoice.named("prd"))
        let usual = try #require(MetricEstimator.named("prd", options: curve.options(with: nil))).options
        #expect(usual.objectValue != nil && usual["starts"] == nil)
        for choice in MetricChoice.superResolution {
            let usual = try #require(MetricEstimator.named(choice.name, options: choice.options(with: nil))).options
            #expect(usual.objectValue != nil && usual["temperature"] == nil, "\(choice.name)")
        }
    }
}
