import Canonical
import Studies
import Testing

@Suite struct EvaluationProtocolTests {
    static func make(
        metric: String = "fid", samples: Int = 10_000, split: String = "test", encoder: String = "lenet", options: JSONValue = .null, condition: String? = nil
    ) -> EvaluationProtocol {
        EvaluationProtocol(
            metric: metric, encoder: encoder, encoderDigest: .sha256(encoder), samples: samples, referenceSplit: split, referenceSamples: samples,
            datasetDigest: .sha256("data"), latentStream: "evaluation/latents", estimator: "frechet-1", options: options, condition: condition, numerics: 1)
    }

    @Test(arguments: [make(), make(metric: "kid", options: ["maximum_block": 1024]), make(condition: "labels")]) func readsBack(made: EvaluationProtocol) throws {
        let read = try EvaluationProtocol(reading: JSONValue(parsing: made.json.prettyText))
        #expect(read == made)
        #expect(read.digest == made.digest)
    }

    @Test func everyChoiceChangesTheDigest() {
        let digests = [
            Self.make(), Self.make(samples: 9999), Self.make(split: "train"), Self.make(encoder: "other"), Self.make(metric: "kid"),
            Self.make(options: ["k": 3]), Self.make(options: ["k": 5]),
            Self.make(condition: "labels"), Self.make(condition: "low"),
        ]
        #expect(Set(digests.map(\.digest)).count == 9)
    }

    @Test func refuses() throws {
        guard case .object(var members) = Self.make().json else { return }
        members["sample"] = 1
        let value = JSONValue.object(members)
        expectError(
            "protocol.sample: is not a known field; known are condition, dataset, encoder, encoder_digest, estimator, "
                + "latent_stream, metric, numerics, options, reference_samples, reference_split, samples"
        ) { try EvaluationProtocol(reading: value) }
    }

    @Test func refusesAnUnknownMetric() throws {
        guard case .object(var members) = Self.make().json else { return }
        members["metric"] = "fod"
        let value = JSONValue.object(members)
        #expect(throws: FieldError.self) { try EvaluationProtocol(reading: value) }
    }

    /// Protocols of FID are older than options: their canonical form must not change.
    @Test func aProtocolWithoutOptionsHasTheDigestThatItAlwaysHad() throws {
        guard case .object(let members) = Self.make().json else { return }
        #expect(members.count == 10 && members["options"] == nil && members["condition"] == nil)
    }
}
