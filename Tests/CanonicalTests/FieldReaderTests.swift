import Canonical
import Testing

@Suite struct FieldReaderTests {
    /// Reads a document with one field of each kind.
    static func read(_ text: String) throws {
        var fields = try FieldReader(try JSONValue(parsing: text), path: "")
        _ = try fields.string("name", maximumBytes: 8)
        _ = try fields.optionalInteger("steps", in: 1...100)
        _ = try fields.optionalNumber("learning_rate", in: 0...1)
        _ = try fields.optionalBool("batchnorm")
        _ = try fields.optionalOneOf("model", ["ns-gan", "wgan"])
        _ = try fields.optionalDigest("digest")
        _ = try fields.optionalIntegers("seeds", count: 1...3, each: 0...9)
        _ = try fields.optionalStrings("metrics", count: 0...2)
        if var inner = try fields.optionalObject("evaluation") {
            _ = try inner.integer("samples", in: 256...60000)
            try inner.finish()
        }
        try fields.finish()
    }

    @Test(arguments: [
        #"{"name":"x"}"#,
        #"{"name":"x","steps":4e1,"learning_rate":1,"batchnorm":true,"model":"wgan","seeds":[1,2],"metrics":[],"evaluation":{"samples":256}}"#,
    ]) func accepts(text: String) throws { try Self.read(text) }

    static let refused: [(String, String)] = [
        ("[]", "the document: must be an object, but is an array"),
        ("{}", "name: is missing"),
        (#"{"nmae":"x"}"#, #"nmae: is not a known field; did you mean "name"?"#),
        (#"{"name":null}"#, "name: must be a string, but is null"),
        (#"{"name":"123456789"}"#, "name: is longer than 8 bytes"),
        (#"{"name":"x","steps":0}"#, "steps: 0 is out of range 1...100"),
        (#"{"name":"x","steps":1.5}"#, "steps: must be an integer, but is a number"),
        (#"{"name":"x","steps":"4"}"#, "steps: must be an integer, but is a string"),
        (#"{"name":"x","learning_rate":1.5}"#, "learning_rate: 1.5 is out of range 0...1"),
        (#"{"name":"x","batchnorm":1}"#, "batchnorm: must be true or false, but is an integer"),
        (#"{"name":"x","model":"w-gan"}"#, #"model: "w-gan" is not known; did you mean "wgan"?"#),
        (#"{"name":"x","model":"diffusion"}"#, #"model: "diffusion" is not known; known are ns-gan, wgan"#),
        (#"{"name":"x","digest":"12"}"#, "digest: must be a SHA-256 digest of 64 hexadecimal digits"),
        (#"{"name":"x","seeds":[]}"#, "seeds: must have 1 to 3 elements, but has 0"),
        (#"{"name":"x","seeds":[1,"2"]}"#, "seeds[1]: must be an integer, but is a string"),
        (#"{"name":"x","seeds":[1,10]}"#, "seeds[1]: 10 is out of range 0...9"),
        (#"{"name":"x","metrics":[1]}"#, "metrics[0]: must be a string, but is an integer"),
        (#"{"name":"x","evaluation":{}}"#, "evaluation.samples: is missing"),
        (#"{"name":"x","evaluation":{"samples":5}}"#, "evaluation.samples: 5 is out of range 256...60000"),
        (#"{"name":"x","evaluation":{"samples":256,"sample":1}}"#,
            "evaluation.sample: is not a known field; known are samples"),
        (#"{"name":"x","learning-rate":1}"#, #"learning-rate: is not a known field; did you mean "learning_rate"?"#),
    ]

    @Test(arguments: refused) func refuses(text: String, message: String) {
        let error = #expect(throws: FieldError.self) { try Self.read(text) }
        #expect(error?.description == message)
    }
}
