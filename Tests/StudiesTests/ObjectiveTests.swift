import Canonical
import Studies
import Testing

/// What a plan optimizes: the default by what is measured, the key in plans, and the table of metrics behind it.
@Suite struct ObjectiveTests {
    // MARK: The default

    @Test(arguments: [
        (["fid"], "fid", false), (["kid"], "kid", false), (["is"], "is", true), (["is_10"], "is_10", true),
        (["improved_precision_recall"], "improved_precision", true), (["density_coverage"], "density", true), (["prd"], "prd_f8", true),
        (["parzen"], "log_likelihood", true), (["memorisation"], "memorisation", false), (["manifold"], "f1", true), (["modes"], "modes", true),
        // FID wherever it is measured; otherwise what is computed at every evaluation before what is only computed at the end, cautions last.
        (["fid", "manifold", "modes"], "fid", false), (["fid", "fid_extrapolated"], "fid", false), (["kid", "modes"], "kid", false), (["manifold", "modes"], "modes", true),
        (["manifold", "memorisation"], "f1", true), (["modes", "kid"], "kid", false), ([], "fid", false),
        // Metrics of another version are called by their names.
        (["sharpness"], "sharpness", false), (["sharpness", "modes"], "modes", true),
        // A likelihood comes before all others: it is what models that have one are trained for.
        (["bits_per_dimension"], "bits_per_dimension", false), (["bits_per_dimension", "fid", "modes"], "bits_per_dimension", false),
    ] as [([String], String, Bool)])
    func defaultByWhatIsMeasured(metrics: [String], expected: String, isMore: Bool) {
        let objective = Objective(measuring: metrics)
        #expect(objective.metric == expected && objective.direction == (isMore ? .maximise : .minimise))
        let json: JSONValue = ["evaluation": ["metrics": .array(metrics.map { .string($0) })]]
        #expect(Objective(ofSpecification: json) == objective && Objective(ofPlan: json) == objective)
    }

    @Test func damagedDocumentsHaveTheDefault() {
        for json in [JSONValue.null, [:], ["evaluation": 3], ["evaluation": ["metrics": "fid"]], ["objective": ["metric": 5]], ["objective": []]] {
            #expect(Objective(ofPlan: json).metric == "fid")
        }
        #expect(Objective(ofPlan: ["objective": ["metric": "f1"], "evaluation": ["metrics": ["fid", "manifold"]]]).metric == "f1")
    }

    // MARK: In plans

    private static let polygons = DatasetFacts(
        name: "polygons", digest: .sha256("polygons"), encoders: ["lenet"], classifiers: ["lenet"], splits: ["train": 60_000, "test": 10_000], hasManifold: true)

    private func plan(_ more: String, metrics: String = #"["fid","manifold","kid"]"#, search: String = #"{"kind":"single"}"#) throws -> StudyPlan {
        let text = #"{"name":"a","dataset":"polygons","models":["ns-gan"],"protocol":\#(search),"evaluation":{"metrics":\#(metrics)}\#(more)}"#
        return try StudyPlan(reading: JSONValue(parsing: text), models: Sample.models, datasets: [Self.polygons])
    }

    /// The default is not written, in whatever form it was given: the same study has one identity.
    @Test(arguments: [#","objective":"fid""#, #","objective":{"metric":"fid"}"#, #","objective":{"metric":"fid","direction":"minimise"}"#])
    func theDefaultIsNotWritten(given: String) throws {
        let usual = try plan("")
        #expect(usual.objective.metric == "fid" && usual.json["objective"] == nil)
        #expect(try plan(given) == usual && plan(given).digest == usual.digest)
    }

    @Test(arguments: [#","objective":"recall""#, #","objective":{"metric":"recall"}"#, #","objective":{"metric":"recall","direction":"maximise"}"#])
    func anotherIsPartOfThePlanAndNotOfItsRuns(given: String) throws {
        let (usual, chosen) = (try plan(""), try plan(given))
        #expect(chosen.objective == Objective(metric: "recall") && chosen.objective.direction == .maximise)
        #expect(chosen.json["objective"] == ["direction": "maximise", "metric": "recall"] && chosen.digest != usual.digest)
        #expect(chosen.runs.map(\.specification.digest) == usual.runs.map(\.specification.digest))
        #expect(try StudyPlan(reading: chosen.json, models: Sample.models, datasets: [Self.polygons]) == chosen)
        #expect(Objective(ofPlan: chosen.json) == chosen.objective && Objective(ofPlan: usual.json) == usual.objective)
    }

    @Test(arguments: [
        (#","objective":"fod""#, #"objective: "fod" is not a known metric; did you mean "fid"? Known are "#),
        (#","objective":"accuracy of it all""#, #"objective: "accuracy of it all" is not a known metric; known are "#),
        (#","objective":{"metric":"manifold"}"#, #"objective.metric: "manifold" is not a known metric; known are "#),
    ])
    func anUnknownMetricListsThoseThereAre(given: String, begin: String) {
        expectError(begin + SpecificationLimits.metricValues.joined(separator: ", ")) { try plan(given) }
    }

    @Test(arguments: [
        (#","objective":"modes""#, #"objective: "modes" is not measured by this plan; measured: fid, kid, kid_deviation, precision, recall, f1. Add "modes" to evaluation.metrics"#),
        (#","objective":{"metric":"coverage"}"#, #"objective.metric: "coverage" is not measured by this plan; measured: fid, kid, kid_deviation, precision, recall, f1. Add "density_coverage" to evaluation.metrics"#),
        (#","objective":{"metric":"f1","direction":"minimise"}"#, #"objective.direction: must be "maximise" for "f1", by the definition of the metric"#),
        (#","objective":{"metric":"f1","direction":"up"}"#, #"objective.direction: "up" is not known; known are maximise, minimise"#),
        (#","objective":{"direction":"maximise"}"#, "objective.metric: is missing"),
        (#","objective":{"metric":"f1","protocol":1}"#, "objective.protocol: is not a known field; known are direction, metric"),
        (#","objective":3"#, "objective: must be an object, but is an integer"), (#","objective":null"#, "objective: must be an object, but is null"),
        (#","objective":{"metric":3}"#, "objective.metric: must be a string, but is an integer"),
    ])
    func whatIsWrongIsNamed(given: String, sentence: String) { expectError(sentence) { try plan(given) } }

    /// Reruns are selected by the objective unless their protocol says otherwise; a copy keeps the source's objective.
    @Test func rerunsGoByTheObjective() throws {
        let source = #""source":"\#(Digest.sha256("x").hex)""#
        #expect(try plan("", search: #"{"kind":"reruns",\#(source)}"#).search.origin?.metric == "fid")
        #expect(try plan(#","objective":"f1""#, search: #"{"kind":"reruns",\#(source)}"#).search.origin?.metric == "f1")
        #expect(try plan("", search: #"{"kind":"reruns",\#(source),"metric":"kid"}"#).search.origin?.metric == "kid")
        expectError(#"protocol.metric: "fod" is not a known metric; did you mean "fid"? Known are "# + SpecificationLimits.metricValues.joined(separator: ", ")) {
            try plan("", search: #"{"kind":"reruns",\#(source),"metric":"fod"}"#)
        }
        let wide = try plan(#","objective":"f1""#, search: #"{"kind":"wide","settings":3}"#)
        let json = try wide.reruns(best: ["ns-gan": 2], origin: RerunOrigin(source: wide.digest, metric: "f1"))
        #expect(try StudyPlan(reading: json, models: Sample.models, datasets: [Self.polygons]).objective.metric == "f1")
    }

    @Test func namedPlansAndTheDemonstrationNameNone() throws {
        for named in NamedPlan.all { #expect(named.json(models: Sample.models)["objective"] == nil, "\(named.name)") }
        #expect(try StudyPlan.demonstration(models: Sample.models, datasets: Sample.datasets).json["objective"] == nil)
    }

    // MARK: The table

    @Test func everyValueIsDescribedOnce() throws {
        let values = MetricChoice.all.flatMap(\.values)
        #expect(Set(values.map(\.name)).count == values.count && SpecificationLimits.metricValues == values.map(\.name))
        #expect(Set(values.map(\.label)).count == values.count && Set(values.map(\.title)).count == values.count)
        for value in values {
            #expect(value.name.wholeMatch(of: /[a-z][a-z0-9_]*/) != nil && !value.title.isEmpty && (1...24).contains(value.label.count) && (2...6).contains(value.digits))
            // A title that names the unit names the one of the table.
            if value.title.hasSuffix(", nats") { #expect(value.unit == "nats", "\(value.name)") }
            #expect(MetricChoice.title(of: value.name) == value.title && MetricChoice.label(of: value.name) == value.label)
            #expect(MetricChoice.Direction(metric: value.name) == value.direction)
        }
        for choice in MetricChoice.all { #expect(choice.values.map(\.name).contains(Objective(measuring: [choice.name]).metric), "\(choice.name)") }
        #expect(values.filter(\.isHeadline).map(\.name) == ["fid", "f1"])
        let json = try #require(MetricChoice.named("parzen")).json["values"]?[0]
        #expect(json?["label"] == "Log-likelihood" && json?["unit"] == "nats" && json?["digits"] == 5 && json?["direction"] == "maximise")
    }

    @Test func directions() {
        #expect(MetricChoice.Direction(metric: "nothing") == .minimise && MetricChoice.Direction(metric: "accuracy") == .maximise)
        #expect(MetricChoice.Direction.minimise.isBetter(1, than: 2) && !MetricChoice.Direction.minimise.isBetter(2, than: 2))
        #expect(MetricChoice.Direction.maximise.isBetter(2, than: 1) && !MetricChoice.Direction.maximise.isBetter(2, than: 2))
        #expect(!MetricChoice.Direction.minimise.isBetter(.nan, than: 1) && !MetricChoice.Direction.maximise.isBetter(.nan, than: 1))
        #expect(MetricChoice.title(of: "nothing") == "nothing" && MetricChoice.label(of: "nothing") == "nothing")
    }
}
