import Graphs
import Numerics
import Engine
import Studies
import Testing

@testable import Models

/// What a training program reports about its steps, and which programs are rejected.
@Suite struct TrainingProgramTests {
    /// Counted one by one.
    @Test(arguments: [PhaseRule.single, .alternating(every: 1), .alternating(every: 3), .intensive, .stages(until: [0.5]), .stages(until: [0.1, 0.35, 1])], [1, 7, 100])
    func countsAreThoseOfTheSteps(rule: PhaseRule, steps: Int) {
        var counts = [Int](repeating: 0, count: rule.phases)
        for step in 1...steps {
            counts[rule.phase(ofStep: step, of: steps)] += 1
            for phase in counts.indices { #expect(rule.count(of: phase, through: step, of: steps) == counts[phase], "\(phase) at \(step)") }
        }
    }

    @Test func stagesChangeAtTheirShares() {
        let rule = PhaseRule.stages(until: [0.5, 0.9])
        #expect([1, 500, 501, 900, 901, 1000].map { rule.phase(ofStep: $0, of: 1000) } == [0, 0, 1, 1, 2, 2])
        #expect((1...3).map { rule.phase(ofStep: $0, of: 3) } == [0, 0, 1])
    }

    // MARK: Consistency

    /// A program with one parameter, which is fitted to the mean of a field.
    private static func program(
        input: (String, Shape) = ("points", [4, 2]), fields: [BatchField] = [BatchField("points", [2])], phases names: [String] = ["only"], rule: PhaseRule = .single,
        groups: [UpdateGroup] = [UpdateGroup("all", phases: ["only"])], scalar: ScalarInput = .schedule("rate", .constant(0.5)), metric: String = "loss",
        examples: Int = 4, latents: Int = 2, inverts: Bool = false, condition: BatchField? = nil
    ) throws -> TrainingProgram {
        func graph(_ input: (String, Shape)) throws -> Plan {
            let graph = Graph(), parameter = graph.parameter("mean", [2]), x = graph.input(input.0, input.1)
            let loss = (x - parameter).squared().mean()
            let gradient = graph.gradients(of: loss, for: [parameter])[0]
            return try Plan(graph, outputs: [("loss", loss)], updates: [(parameter, parameter - gradient * graph.input("rate", .scalar))])
        }
        let other = Graph(), values = other.input("points", [examples, 2]), parameter = other.parameter("mean", [2])
        let sampling = Graph(), z = sampling.input("latents", [4, 2])
        let made = (z + sampling.parameter("mean", [2])).reshaped([4, 1, 1, 2])
        let generation = Generation(
            plan: try Plan(sampling, outputs: [("images", made)]), images: ExampleShape(height: 1, width: 1, channels: 2),
            latents: .init(dimensions: latents, source: RandomSource(stream: "latents", distribution: .normal(mean: 0, deviation: 1))), condition: condition)
        return TrainingProgram(
            batchSize: 4, steps: 100, fields: fields, parameters: [], phases: try names.map { Phase($0, try graph(input)) }, rule: rule, updateGroups: groups,
            scalarInputs: [scalar], metrics: [metric],
            initialization: DataInitialization(plan: try Plan(other, outputs: [], updates: [(parameter, values.mean(axes: [0]))]), examples: 4),
            generation: generation, inversion: inverts ? generation.plan : nil)
    }

    @Test func aProgramThatFitsTrains() throws {
        let program = try Self.program(), store = TensorStore()
        program.initialize(store, seed: 0)
        #expect(store["mean"] == [0, 0] && program.problem == nil)
        let session = Session(program.mainPhase.plan, store: store, device: CPUDevice(), seed: 0)
        session.setInput("points", [1, 2, 1, 2, 1, 2, 1, 2])
        for (name, value) in program.scalars(step: 1) { session.setInput(name, value) }
        session.run(step: 1)
        // The gradient of the mean over both axes is mean - x.
        #expect(session.output("loss") == [2.5] && store["mean"] == [0.5, 1])
        #expect(program.updates(through: 9).map(\.count) == [9])
    }

    /// An inconsistent program ends the process immediately with the reason, instead of training on zeros.
    @Test func whatDoesNotFitIsSaid() async {
        func check(_ result: ExitTest.Result?, _ expected: String, at location: SourceLocation = #_sourceLocation) {
            let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
            #expect(message.contains("inconsistent training program: ") && message.contains(expected), "\(message)", sourceLocation: location)
        }
        check(
            await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { _ = try TrainingProgramTests.program(fields: []) },
            "phase only: input points is neither a field ([]) nor a scalar ([\"rate\"])")
        check(
            await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { _ = try TrainingProgramTests.program(input: ("points", [3, 2])) },
            "input points has shape [3,2], expected [4,2] for 4 examples")
        check(
            await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { _ = try TrainingProgramTests.program(rule: .intensive) },
            "the rule selects among 2 phases, the program has 1")
        check(
            await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { _ = try TrainingProgramTests.program(metric: "los") },
            "no phase computes the metric los")
        check(
            await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
                _ = try TrainingProgramTests.program(groups: [UpdateGroup("all", phases: ["x"])])
            }, "update group all: unknown phase x")
        check(
            await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { _ = try TrainingProgramTests.program(examples: 5) },
            "initialization: input points has shape [5,2]")
        check(
            await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { _ = try TrainingProgramTests.program(latents: 3) },
            "generation: input latents [4,2] is not one of")
        check(
            await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
                _ = try TrainingProgramTests.program(inverts: true, condition: BatchField("points", [2]))
            }, "inversion: requires generation from latents alone")
    }

    @Test func aFieldThatIsNotThereIsNamed() throws {
        let configuration = ModelConfiguration(
            hyperparameters: Hyperparameters([:]), architecture: .init(name: "mlp", width: 1), images: ExampleShape(height: 1, width: 1, channels: 2), batchSize: 4, steps: 1,
            fields: [BatchField("labels", [8])])
        #expect(try configuration.field("labels") == BatchField("labels", [8]) && configuration.field("images").shape == [1, 1, 2])
        let error = #expect(throws: BatchFieldError.self) { try configuration.field("low") }
        #expect(error.map { "\($0)" } == #"needs the field "low" of every example; there is "images" [1,1,2], "labels" [8]"#)
    }
}
