import Canonical
import Studies
import Testing

@Suite struct SpecificationTests {
    @Test func fillsInWhatIsLeftOut() throws {
        let read = try Sample.specification(#"{"model":"ns-gan","dataset":"polygons"}"#)
        let digest = Sample.polygons.digest.hex
        #expect(
            read.json.canonicalText
                == #"{"architecture":{"name":"infogan","width":1},"batch_size":64,"checkpoint_every":250,"#
                + #""dataset":{"digest":"\#(digest)","name":"polygons"},"#
                + #""evaluation":{"encoder":"lenet","every":125,"metrics":["fid"],"reference_split":"test","samples":10000},"#
                + #""hyperparameters":{"beta1":0.5,"disc_iters":1,"discriminator_batchnorm":true,"learning_rate":5e-5},"#
                + #""model":"ns-gan","numerics":\#(Version.numerics),"sample_every":50,"seed":0,"steps":1000}"#)
    }

    @Test func defaultsFollowStepsAndSplit() throws {
        let read = try Sample.specification(#"{"model":"wgan","dataset":{"name":"small"},"steps":3}"#)
        #expect(read.evaluation.every == 1 && read.sampleEvery == 1 && read.checkpointEvery == 1)
        #expect(read.evaluation.samples == 300)
        #expect(read.hyperparameters.real("weight_clipping") == 0.01)
    }

    @Test func keepsWhatIsGiven() throws {
        let digest = Sample.small.digest.hex
        let read = try Sample.specification(
            #"""
            {"model":"wgan","dataset":{"name":"small","digest":"\#(digest)"},"architecture":{"width":0.25},"steps":4e3,
             "batch_size":32,"sample_every":7,"checkpoint_every":9,"seed":9007199254740992,"numerics":\#(Version.numerics),
             "evaluation":{"every":11,"samples":256,"reference_split":"train","encoder":"lenet","metrics":["fid"]},
             "hyperparameters":{"beta1":0,"disc_iters":5,"discriminator_batchnorm":false}}
            """#)
        #expect(read.architecture == .init(name: "infogan", width: 0.25))
        #expect(read.steps == 4000 && read.batchSize == 32 && read.seed == 1 << 53)
        #expect(read.sampleEvery == 7 && read.checkpointEvery == 9)
        #expect(read.evaluation == .init(encoder: "lenet", every: 11, referenceSplit: "train", samples: 256))
        #expect(read.hyperparameters.real("beta1") == 0)
        #expect(read.hyperparameters.integer("disc_iters") == 5)
        #expect(read.hyperparameters.bool("discriminator_batchnorm") == false)
        #expect(read.hyperparameters.real("learning_rate") == 5e-5)
    }

    /// Defaults are omitted, so that every specification has one canonical text and those of earlier programs keep their digest.
    @Test func optionsOfMetricsAreKeptWhereTheyAreNotTheDefaults() throws {
        func read(_ options: String) throws -> Specification {
            try Sample.specification(#"{"model":"ns-gan","dataset":"polygons","evaluation":{"metrics":["prd","kid"]\#(options)}}"#)
        }
        let usual = try read("")
        #expect(try read(#","options":{}"#).digest == usual.digest && !usual.json.canonicalText.contains("options"))
        #expect(try read(#","options":{"prd":{"clusters":20,"beta":8.0},"kid":{}}"#).digest == usual.digest)
        let other = try read(#","options":{"prd":{"clusters":30,"beta":8},"kid":{"maximum_block":1024}}"#)
        #expect(other.digest != usual.digest && other.evaluation.options == ["prd": ["clusters": 30]])
        #expect(other.json.canonicalText.contains(#""options":{"prd":{"clusters":30}}"#))
        #expect(try Specification(canonical: JSONValue(parsing: other.json.canonicalText), models: Sample.models) == other)
    }

    @Test func aMetricsOwnSamplesAreNotMoreThanThoseOfTheEvaluation() {
        let ring = DatasetFacts(
            name: "ring", digest: .sha256("ring"), encoders: ["coordinates"], classifiers: [], splits: ["train": 5000, "test": 1000], hasModes: true)
        expectError("evaluation.options.modes.samples: 600 exceeds the evaluation's 500 samples") {
            try Specification(
                reading: ["model": "ns-gan", "dataset": "ring", "evaluation": ["metrics": ["modes"], "samples": 500, "options": ["modes": ["samples": 600]]]],
                models: Sample.models, datasets: [ring])
        }
    }

    @Test func completeFormReadsBack() throws {
        let read = try Sample.specification(#"{"model":"wgan","dataset":"polygons","seed":3}"#)
        let again = try Specification(canonical: JSONValue(parsing: read.json.canonicalText), models: Sample.models)
        #expect(again == read)
        #expect(again.digest == read.digest)
        #expect(try Sample.specification(read.json.prettyText) == read)
        #expect(read.runID(attempt: 2) == read.digest.hex.prefix(12) + "-2")
    }

    @Test func completeFormMustBeComplete() throws {
        let json = try Sample.specification(#"{"model":"wgan","dataset":"polygons"}"#).json
        func check(_ value: JSONValue, without path: String) {
            expectError("\(path): is missing") { try Specification(canonical: value, models: Sample.models) }
        }
        guard case .object(let members) = json else { return }
        for (key, value) in members.sorted(by: { $0.key < $1.key }) {
            var fewer = members
            fewer[key] = nil
            check(.object(fewer), without: key)
            guard case .object(let inner) = value else { continue }
            for name in inner.keys.sorted() {
                var rest = inner
                rest[name] = nil
                fewer[key] = .object(rest)
                check(.object(fewer), without: "\(key).\(name)")
            }
        }
    }

    @Test func digestForgetsTheOrderAndSpellingOfTheInput() throws {
        let texts = [
            #"{"model":"ns-gan","dataset":"polygons","steps":2000,"hyperparameters":{"beta1":0.5,"learning_rate":0.0002}}"#,
            #"{"hyperparameters":{"learning_rate":2e-4,"beta1":5e-1},"steps":2e3,"dataset":{"name":"polygons"},"model":"ns-gan"}"#,
            #"{"steps":2000,"hyperparameters":{"learning_rate":0.00020},"seed":0,"model":"ns-gan","dataset":"polygons"}"#,
        ]
        let digests = try texts.map { try Sample.specification($0).digest }
        #expect(Set(digests).count == 1)
        #expect(try Sample.specification(texts[0].replacing("2000", with: "2001")).digest != digests[0])
    }

    @Test func everyFieldChangesTheDigest() throws {
        let base = try Sample.specification(#"{"model":"ns-gan","dataset":"polygons"}"#)
        var digests = [base.digest]
        func change(_ edit: (inout Specification) -> Void) {
            var copy = base
            edit(&copy)
            digests.append(copy.digest)
        }
        change { $0.model = "wgan" }
        change { $0.dataset.digest = .sha256("other") }
        change { $0.architecture.width = 0.5 }
        change { $0.hyperparameters["beta1"] = 0.25 }
        change { $0.batchSize = 63 }
        change { $0.steps = 999 }
        change { $0.sampleEvery = 49 }
        change { $0.checkpointEvery = 249 }
        change { $0.evaluation.samples = 9999 }
        change { $0.seed = 1 }
        change { $0.numerics += 1 }
        #expect(Set(digests).count == digests.count)
    }

    static let refused: [(String, String)] = [
        (#""model":"diffusion""#, #"model: "diffusion" is not known; known are ns-gan, wgan"#),
        (#""model":"wgna""#, #"model: "wgna" is not known; did you mean "wgan"?"#),
        (#""dataset":"mnist""#, #"dataset: "mnist" is not known; known are polygons, small, tiny"#),
        (#""dataset":{"name":"polygon"}"#, #"dataset.name: "polygon" is not known; did you mean "polygons"?"#),
        (#""dataset":{"name":"polygons","digset":"00"}"#, #"dataset.digset: is not a known field; did you mean "digest"?"#),
        (#""dataset":{"name":"polygons","digest":"00"}"#, "dataset.digest: must be a SHA-256 digest of 64 hexadecimal digits"),
        (#""dataset":7"#, "dataset: must be an object, but is an integer"),
        (#""dataset":"tiny""#, #"evaluation.reference_split: "test" of tiny has 99 images; evaluations need at least 256; allowed: "train" (5000)"#),
        (#""stesp":7"#, #"stesp: is not a known field; did you mean "steps"?"#),
        (#""steps":0"#, "steps: 0 is out of range 1...10000000"),
        (#""steps":10000001"#, "steps: 10000001 is out of range 1...10000000"),
        (#""steps":1.5"#, "steps: must be an integer, but is a number"),
        (#""batch_size":1"#, "batch_size: 1 is out of range 2...4096"),
        (#""batch_size":4097"#, "batch_size: 4097 is out of range 2...4096"),
        (#""seed":-1"#, "seed: -1 is out of range 0...9007199254740992"),
        (#""seed":9007199254740993"#, "seed: 9007199254740993 is out of range 0...9007199254740992"),
        (#""sample_every":0"#, "sample_every: 0 is out of range 1...1000"),
        (#""checkpoint_every":1001"#, "checkpoint_every: 1001 is out of range 1...1000"),
        (#""architecture":{"width":5}"#, "architecture.width: 5 is out of range 0.0625...4"),
        (#""architecture":{"width":0.06}"#, "architecture.width: 0.06 is out of range 0.0625...4"),
        (#""architecture":{"name":"resnet"}"#, #"architecture.name: "resnet" is not known; known are infogan"#),
        (#""evaluation":{"samples":255}"#, "evaluation.samples: 255 is out of range 256...10000"),
        (#""evaluation":{"samples":10001}"#, "evaluation.samples: 10001 is out of range 256...10000"),
        (#""evaluation":{"reference_split":"dev"}"#, #"evaluation.reference_split: "dev" is not known; known are test, train"#),
        (#""evaluation":{"encoder":"inception"}"#, #"evaluation.encoder: "inception" is not known; known are lenet"#),
        (#""evaluation":{"metrics":["fid","kdi"]}"#, #"evaluation.metrics[1]: "kdi" is not a known metric; did you mean "kid"? Known are bits_per_dimension, density_coverage, diversity, fid, fid_extrapolated, improved_precision_recall, is, is_10, kid, lpips, lr_psnr, manifold, memorisation, modes, parzen, prd, psnr, psnr_y, restoration, ssim, ssim_uniform"#),
        (#""evaluation":{"metrics":["fid","fid"]}"#, #"evaluation.metrics[1]: duplicate metric "fid""#),
        (
            #""evaluation":{"metrics":["memorisation"],"reference_split":"train"}"#,
            #"evaluation.reference_split: "memorisation" compares training images with held-out images: the reference split must not be "train""#
        ),
        (
            #""evaluation":{"metrics":["fid","prd"],"options":{"kid":{"maximum_block":8}}}"#,
            "evaluation.options.kid: is not one of the evaluation's metrics: fid, prd"
        ),
        (
            #""evaluation":{"metrics":["prd"],"options":{"prd":{"cluster":8}}}"#,
            #"evaluation.options.prd.cluster: is not a known field; did you mean "clusters"?"#
        ),
        (#""evaluation":{"metrics":["prd"],"options":{"prd":{"clusters":1}}}"#, "evaluation.options.prd.clusters: 1 is out of range 2...256"),
        (#""evaluation":{"metrics":["prd"],"options":{"prd":{"beta":"8"}}}"#, "evaluation.options.prd.beta: must be a number, but is a string"),
        (#""evaluation":{"options":{"fid":{"k":3}}}"#, "evaluation.options.fid.k: is not a known field; none is known here"),
        (#""evaluation":{"options":[]}"#, "evaluation.options: must be an object, but is an array"),
        (
            #""evaluation":{"metrics":["parzen"],"options":{"parzen":{"least_bandwidth":2}}}"#,
            "evaluation.options.parzen.least_bandwidth: 2 is greater than greatest_bandwidth, which is 1"
        ),
        (#""evaluation":{"metrics":[]}"#, "evaluation.metrics: must have 1 to 16 elements, but has 0"),
        (#""hyperparameters":{"lr":1}"#, "hyperparameters.lr: is not a known field; known are beta1, disc_iters, discriminator_batchnorm, learning_rate"),
        (#""hyperparameters":{"weight_clipping":1}"#, "hyperparameters.weight_clipping: is not a known field; known are beta1, disc_iters, discriminator_batchnorm, learning_rate"),
        (#""hyperparameters":{"beta1":1}"#, "hyperparameters.beta1: 1 is out of range 0...0.999999"),
        (#""hyperparameters":{"disc_iters":0}"#, "hyperparameters.disc_iters: 0 is out of range 1...100"),
        (#""hyperparameters":{"disc_iters":1.5}"#, "hyperparameters.disc_iters: must be an integer, but is a number"),
        (#""hyperparameters":{"discriminator_batchnorm":1}"#, "hyperparameters.discriminator_batchnorm: must be true or false, but is an integer"),
        (#""hyperparameters":[]"#, "hyperparameters: must be an object, but is an array"),
        (#""numerics":999999"#, "numerics: 999999 is not the numerics version of this program, \(Version.numerics)"),
    ]

    @Test(arguments: refused) func refuses(field: String, sentence: String) throws {
        var fields = [field]
        if !field.hasPrefix(#""model""#) { fields.append(#""model":"ns-gan""#) }
        if !field.hasPrefix(#""dataset""#) { fields.append(#""dataset":"polygons""#) }
        let text = "{\(fields.joined(separator: ","))}"
        expectError(sentence) { try Sample.specification(text) }
    }

    @Test func refusesOtherContent() throws {
        let other = Digest.sha256("other")
        let text = #"{"model":"wgan","dataset":{"name":"polygons","digest":"\#(other.hex)"}}"#
        let sentence =
            "dataset.digest: \(other.short)... is not the digest of the data set here, \(Sample.polygons.digest.short)..."
        expectError(sentence) { try Sample.specification(text) }
    }

    @Test func refusesNothing() {
        expectError("model: is missing") { try Sample.specification("{}") }
        expectError("the document: must be an object, but is an array") { try Sample.specification("[]") }
    }
}
