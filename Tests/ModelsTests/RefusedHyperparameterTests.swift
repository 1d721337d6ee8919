import Canonical
import Models
import Studies
import Testing

/// Fewer values may be submitted than stored: specifications of earlier programs can still be read, shown, and rerun.
@Suite("Rejected hyperparameters") struct RefusedHyperparameterTests {
    private static let datasets = [
        DatasetFacts(name: "polygons", digest: .sha256("polygons"), encoders: ["lenet"], classifiers: ["lenet"], splits: ["train": 60_000, "test": 10_000], channels: 1, hasLowResolution: true),
        DatasetFacts(name: "ring", digest: .sha256("ring"), encoders: ["coordinates"], classifiers: [], splits: ["train": 60_000, "test": 10_000], isPoints: true, channels: 2),
    ]

    private static func submitted(_ model: String, _ hyperparameters: String) throws -> Specification {
        let isForPoints = ModelCatalog.model(named: model)?.schema.architectures == [ModelSchema.pointArchitecture]
        let text = #"{"model":"\#(model)","dataset":"\#(isForPoints ? "ring" : "polygons")","steps":100,"hyperparameters":\#(hyperparameters)}"#
        return try Specification(reading: JSONValue(parsing: text), models: ModelCatalog.schemas, datasets: datasets)
    }

    private static func plan(_ models: String, _ search: String, _ further: String) throws -> StudyPlan {
        let text = #"{"name":"p","dataset":"polygons","models":\#(models),"protocol":\#(search),"steps":100,\#(further)}"#
        return try StudyPlan(reading: JSONValue(parsing: text), models: ModelCatalog.schemas, datasets: datasets)
    }

    private func refuses(_ sentence: String, _ body: () throws -> Any, at location: SourceLocation = #_sourceLocation) {
        do {
            let value = try body()
            Issue.record("accepted as \(value)", sourceLocation: location)
        } catch {
            #expect("\(error)" == sentence, sourceLocation: location)
        }
    }

    /// The specification as an earlier program stored it, with another value.
    private static func stored(_ model: String, _ name: String, _ value: JSONValue) throws -> Specification {
        var json = try #require(try submitted(model, "{}").json.objectValue)
        var hyperparameters = try #require(json["hyperparameters"]?.objectValue)
        hyperparameters[name] = value
        json["hyperparameters"] = .object(hyperparameters)
        return try Specification(canonical: .object(json), models: ModelCatalog.schemas)
    }

    private static let small = Double("1e-320") ?? 0

    @Test func beta1OfOneAlwaysDiverges() throws {
        for model in ModelCatalog.schemas where model.hyperparameter("beta1") != nil {
            refuses("hyperparameters.beta1: 1 is out of range 0...0.999999") { try Self.submitted(model.name, #"{"beta1":1}"#) }
            #expect(try Self.submitted(model.name, #"{"beta1":0.999999}"#).hyperparameters.real("beta1") == 0.999999)
            // Flows and models of super-resolution came after the bound.
            if !model.hasLikelihood && model.condition == nil { #expect(try Self.stored(model.name, "beta1", .integer(1)).hyperparameters.real("beta1") == 1) }
        }
    }

    @Test func numbersThatBinary32CannotHold() throws {
        let allowed = "allowed are 0 and numbers from 1.1754943508222878e-38, within"
        refuses("hyperparameters.beta1: 1e-320 is 0 in binary32, the precision of training; \(allowed) 0...0.999999") { try Self.submitted("ns-gan", #"{"beta1":1e-320}"#) }
        refuses("hyperparameters.lambda: 1e-40 is subnormal in binary32, the precision of training; \(allowed) 0...10000") { try Self.submitted("wgan-gp", #"{"lambda":1e-40}"#) }
        refuses("grid.lambda[0]: 1e-310 is 0 in binary32, the precision of training; \(allowed) 0...10000") {
            try Self.plan(#"["dragan"]"#, #"{"kind":"grid"}"#, #""grid":{"lambda":[1e-310,1]}"#)
        }
        #expect(try Self.submitted("ns-gan", #"{"beta1":1.2e-38}"#).hyperparameters.real("beta1") == 1.2e-38)
        #expect(try Self.submitted("ns-gan", #"{"beta1":0}"#).hyperparameters.real("beta1") == 0)
        #expect(try Self.stored("ns-gan", "beta1", .number(Self.small)).hyperparameters.real("beta1") == Self.small)
        // Every real hyperparameter of every model.
        for model in ModelCatalog.schemas {
            for schema in model.hyperparameters where schema.kind == .real {
                #expect(throws: FieldError.self) { try Self.submitted(model.name, #"{"\#(schema.name)":5e-324}"#) }
            }
        }
    }

    @Test func whatChangesNothingIsNotTaken() throws {
        let takes = "the hyperparameters of vae are beta1, discriminator_batchnorm, learning_rate"
        refuses("hyperparameters.disc_iters: has no effect on vae: omit it, or give 1; \(takes)") { try Self.submitted("vae", #"{"disc_iters":5}"#) }
        refuses("hyperparameters.channels: has no effect on vae on polygons, whose examples have one channel: omit it, or give \"mean\"; \(takes)") {
            try Self.submitted("vae", #"{"channels":"sum"}"#)
        }
        refuses(
            "hyperparameters.beta1: has no effect on wgan, whose optimizer is \"rmsprop\", not \"adam\": omit it, or give 0.5; the hyperparameters of wgan are clipped, disc_iters, "
                + "discriminator_batchnorm, learning_rate, optimizer, weight_clipping"
        ) { try Self.submitted("wgan", #"{"beta1":0.9,"optimizer":"rmsprop"}"#) }
        refuses("grid.disc_iters: has no effect on vae: omit it, or give 1; \(takes)") {
            try Self.plan(#"["ns-gan","vae"]"#, #"{"kind":"grid"}"#, #""grid":{"disc_iters":[1,5]}"#)
        }
        refuses("hyperparameters.vae.disc_iters: has no effect on vae: omit it, or give 1; \(takes)") {
            try Self.plan(#"["vae"]"#, #"{"kind":"single"}"#, #""hyperparameters":{"vae":{"disc_iters":5}}"#)
        }
        #expect(try Self.submitted("vae", #"{"disc_iters":1}"#).digest == Self.submitted("vae", "{}").digest)
    }

    /// The study samples `disc_iters` for the VAE too; its settings, their reruns, and the specification of such a run keep their identity.
    @Test func whatTheStudyDrewIsKept() throws {
        let wide = try Self.plan(#"["vae"]"#, #"{"kind":"wide","settings":40}"#, #""seeds":1"#)
        let drawn = try #require(wide.runs.first { $0.specification.hyperparameters.integer("disc_iters") == 5 }).specification
        #expect(try Specification(canonical: drawn.json, models: ModelCatalog.schemas).digest == drawn.digest)
        #expect(try Specification(reading: drawn.json, models: ModelCatalog.schemas, datasets: Self.datasets).digest == drawn.digest)
        let source = String(repeating: "a", count: 64)
        let reruns = try Self.plan(
            #"["vae"]"#, #"{"kind":"reruns","source":"\#(source)","metric":"fid","selection":"best"}"#, #""hyperparameters":{"vae":{"disc_iters":5}},"seeds":2"#)
        #expect(reruns.runs.allSatisfy { $0.specification.hyperparameters.integer("disc_iters") == 5 })
    }

    @Test func drawsThatTheStudyNeverHadAreNamed() throws {
        func remarks(_ search: String) throws -> [String] {
            SearchProtocol.remarks(on: try Self.plan(#"["vae"]"#, search, #""seeds":1"#).json["protocol"])
        }
        #expect(try remarks(#"{"kind":"wide","sampler":"compare_gan_v1"}"#).isEmpty && remarks(#"{"kind":"wide","settings":7}"#).isEmpty)
        let others = try remarks(#"{"kind":"wide","sampler":"compare_gan_v1","settings":50}"#)
        #expect(others.count == 1 && others[0].contains("With 50 settings and the search seed 123, the settings differ from the study's."))
        #expect(try remarks(#"{"kind":"wide","sampler":"compare_gan_v1","search_seed":7}"#).count == 1)
    }
}
