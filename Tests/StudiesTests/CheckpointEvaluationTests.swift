import Canonical
import Studies
import Testing

/// What a person may ask an evaluation to measure, and what is filled in.
@Suite("Evaluations that are asked for")
struct CheckpointEvaluationTests {
    private let dataset = DatasetFacts(
        name: "digits", digest: .sha256("digits"), encoders: ["lenet", "random"], classifiers: ["lenet"], splits: ["train": 60_000, "test": 5_000])
    private let own = Specification.Evaluation(
        encoder: "lenet", every: 100, metrics: ["fid", "kid"], options: ["kid": ["maximum_block": .integer(500)]], referenceSplit: "test", samples: 5_000)
    private let checkpoint = Digest.sha256("a checkpoint")

    private func asked(_ json: JSONValue) throws -> CheckpointEvaluation { try CheckpointEvaluation(of: checkpoint, asked: json, own: own, dataset: dataset) }

    @Test func whatIsLeftOutIsTheRunsOwn() throws {
        let same = try asked([:])
        #expect(same.evaluation.metrics == ["fid", "kid"] && same.evaluation.samples == 5_000 && same.evaluation.options == own.options)
        let other = try asked(["metrics": ["is", "fid"], "samples": 300, "encoder": "lenet", "reference_split": "train"])
        #expect(other.evaluation.metrics == ["fid", "is"] && other.evaluation.options.isEmpty && other.evaluation.referenceSplit == "train")
        for one in [same, other] { #expect(try CheckpointEvaluation(reading: one.json) == one) }
        #expect(try asked(["samples": 5_000]) == same && same.json.digest != other.json.digest)
    }

    @Test(arguments: [
        (#"{"metrics": ["fod"]}"#, "evaluation.metrics[0]: \"fod\" is not"), (#"{"metrics": []}"#, "evaluation.metrics"),
        (#"{"metrics": ["fid", "fid"]}"#, "evaluation.metrics[1]: duplicate metric"), (#"{"encoder": "inception"}"#, "evaluation.encoder: \"inception\""),
        (#"{"metrics": ["is"], "encoder": "random"}"#, "evaluation.metrics: \"is\" needs class probabilities"),
        (#"{"samples": 5001}"#, "evaluation.samples: 5001"), (#"{"samples": 255}"#, "evaluation.samples: 255"),
        (#"{"metrics": ["modes"]}"#, "evaluation.metrics: \"modes\" needs a mixture"), (#"{"every": 1}"#, "evaluation.every"),
        (#"{"metric": ["fid"]}"#, "evaluation.metric"), (#"{"reference_split": "valid"}"#, "evaluation.reference_split"), ("[]", "evaluation"),
        (#"{"metrics": ["fid"], "options": {"kid": {}}}"#, "evaluation.options.kid"),
    ])
    func whatDoesNotSuitIsRefusedByItsField(text: String, words: String) throws {
        do {
            _ = try asked(JSONValue(parsing: Array(text.utf8)))
            Issue.record("\(text) was taken")
        } catch let error as FieldError {
            #expect("\(error)".hasPrefix(words), "\(error)")
        }
    }

    /// Of a metric that resembles none, all known ones are listed.
    @Test func theKnownMetricsAreListed() throws {
        do {
            _ = try asked(["metrics": ["sharpness"]])
            Issue.record("it was taken")
        } catch {
            #expect(SpecificationLimits.metrics.allSatisfy { "\(error)".contains($0) }, "\(error)")
        }
    }

    /// A protocol is a run's own where its settings are those of the specification, whether or not the specification names the metric.
    @Test func ownProtocolsAreThoseOfTheSameSettings() throws {
        func isOwn(_ value: String, _ json: JSONValue) throws -> Bool {
            CheckpointEvaluation.isOwn(value, of: try asked(json).json["evaluation"] ?? .null, as: own.json)
        }
        #expect(try isOwn("fid", [:]) && isOwn("kid_deviation", [:]) && isOwn("is", ["metrics": ["is"]]))
        #expect(try !isOwn("fid", ["samples": 300]) && !isOwn("fid", ["encoder": "random"]) && !isOwn("fid", ["reference_split": "train"]))
        #expect(try !isOwn("kid", ["options": ["kid": ["maximum_block": 400]]]) && isOwn("fid", ["options": ["kid": ["maximum_block": 400]]]))
        #expect(try !isOwn("fod", [:]))
    }
}
