import Canonical
import Foundation
import Models
import Studies
import Numerics
import Testing

@testable import Training

/// docs/reproduction.md names everything that determines a bit. Tools/recompute, written from it alone, checks its arithmetic.
@Suite("docs/reproduction.md")
struct ReproductionTests {
    private static let root: URL = {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return tests.deletingLastPathComponent()
    }()

    private static let text = (try? String(contentsOf: root.appending(path: "docs/reproduction.md"), encoding: .utf8)) ?? ""

    /// The prefixes of all stream names in the sources, up to the first interpolation.
    private static func streams() throws -> Set<String> {
        var found: Set<String> = []
        let sources = root.appending(path: "Sources").path
        for path in try FileManager.default.subpathsOfDirectory(atPath: sources) where path.hasSuffix(".swift") && !path.contains("/Bench/") {
            let code = try String(contentsOfFile: sources + "/" + path, encoding: .utf8)
            for match in code.matches(of: /Random(?:Stream\(seed: [^,]+, name|Source\(stream): "([^"\\]+)/) { found.insert(String(match.1)) }
        }
        return found
    }

    @Test func everyStreamIsNamed() throws {
        let streams = try Self.streams()
        #expect(streams.count > 12 && streams.isSuperset(of: ["data/order", "latents", "penalty/mixing", "initial/", "bootstrap/", "metrics/prd/clusters"]))
        // A name that is composed elsewhere and complete here is one of those.
        func isOneOfOthers(_ name: String) -> Bool { streams.contains { $0 != name && $0.hasSuffix("/") && name.hasPrefix($0) } }
        for name in streams where !name.hasPrefix("experiment/") && !isOneOfOthers(name) { #expect(Self.text.contains("`\(name)"), "the stream \(name) is not in docs/reproduction.md") }
        #expect(Self.text.contains("`evaluation/latents`") && Self.text.contains("`samples/latents`"))
    }

    @Test func itsKnownAnswerIsOurs() throws {
        let stream = RandomStream(seed: 0, name: "data/order")
        let words = stream.words(step: 0, count: 4)
        func hex(_ value: UInt64, _ digits: Int) -> String {
            let text = String(value, radix: 16)
            return "0x" + String(repeating: "0", count: digits - text.count) + text
        }
        let wanted = "the key is \(hex(stream.key, 16)) and the first four words are " + words.map { hex(UInt64($0), 8) }.joined(separator: ", ")
        #expect(Self.text.contains(wanted), "\(wanted)")
    }

    @Test func everyModelMetricAndEncoderIsDescribed() throws {
        for schema in ModelCatalog.schemas {
            #expect(Self.text.contains("`\(schema.name)`"), "\(schema.name)")
            for architecture in schema.architectures { #expect(Self.text.contains("`\(architecture)`"), "\(architecture)") }
            for hyperparameter in schema.hyperparameters where hyperparameter.kind == .text || hyperparameter.kind == .bool {
                #expect(Self.text.contains("`\(hyperparameter.name)`"), "\(schema.name): \(hyperparameter.name)")
            }
        }
        for choice in MetricChoice.all {
            let estimator = try #require(MetricEstimator.named(choice.name, options: choice.options(with: nil)))
            #expect(Self.text.contains("`\(estimator.name)`") && Self.text.contains("`\(choice.name)`"), "\(choice.name)")
        }
        for architecture in Classifier.Architecture.allCases { #expect(Self.text.contains("`\(architecture.text)`"), "\(architecture.text)") }
    }
}
