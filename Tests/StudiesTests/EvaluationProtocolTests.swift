import Canonical
import Studies
import Testing

@Suite struct EvaluationProtocolTests {
    static func make(samples: Int = 10_000, split: String = "test", encoder: String = "lenet") -> EvaluationProtocol {
        EvaluationProtocol(
            metric: "fid", encoder: encoder, encoderDigest: .sha256(encoder), samples: samples, referenceSplit: split,
            datasetDigest: .sha256("data"), latentStream: "evaluation/latents", estimator: "frechet-double-1")
    }

    @Test func readsBack() throws {
        let made = Self.make()
        let read = try EvaluationProtocol(reading: JSONValue(parsing: made.json.prettyText))
        #expect(read == made)
        #expect(read.digest == made.digest)
    }

    @Test func everyChoiceChangesTheDigest() {
        let digests = [Self.make(), Self.make(samples: 9999), Self.make(split: "train"), Self.make(encoder: "other")]
        #expect(Set(digests.map(\.digest)).count == 4)
    }

    @Test func refuses() throws {
        guard case .object(var members) = Self.make().json else { return }
        members["sample"] = 1
        let value = JSONValue.object(members)
        expectError(
            "protocol.sample: is not a known field; known are dataset_digest, encoder, encoder_digest, estimator, "
                + "latent_stream, metric, reference_split, samples"
        ) { try EvaluationProtocol(reading: value) }
    }
}
