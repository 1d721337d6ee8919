import TestSupport
import Testing

@testable import Graphs
@testable import Engine

/// The lowered form of fused kernels: hoisted values, steps in registers, and the printed plan.
@Suite struct LoweringTests {
    struct UnexpectedKernel: Error {}

    private static func elementwise(_ plan: Plan, _ index: Int = 0) throws -> ElementwiseKernel {
        guard case .elementwise(let kernel) = plan.kernels[index] else { throw UnexpectedKernel() }
        return kernel
    }

    /// A leaky rectifier of a sum, times a number, in the notation of the printed plan.
    @Test func aPlanPrintsItsFinishedForm() throws {
        let graph = Graph()
        let y = (graph.input("x", [64, 8]) + graph.parameter("bias", [8])).leakyReLU(slope: 0.25) * graph.input("rate", .scalar)
        let plan = try Plan(graph, outputs: [("y", y)])
        let slot = try Self.elementwise(plan).sinks[0].slot
        #expect(plan.description == """
            plan: 1 kernels, 0 floats of scratch, 1 parameters, 0 updated
            0: elementwise x 512 { r0 = input x; r1 = parameter bias [8]*[1]; r2 = 0.0; r3 = 0.25; r4 = input rate; \
            each: [add(r0, r1); rectify(_, r2, r3); r\(slot) = multiply(_, r4);] output y = r\(slot); }

            """)
    }

    @Test func whatIsTheSameForEveryElementIsComputedOnce() throws {
        let program = FusedProgram(
            count: 100,
            instructions: [
                .init(function: .multiply, destination: 2, operands: [0, 0]), .init(function: .add, destination: 3, operands: [1, 2]),
                .init(function: .exponential, destination: 2, operands: [2]), .init(function: .multiply, destination: 4, operands: [3, 2]),
            ],
            sources: [.init(register: 0, buffer: 0, view: View(offset: 0, extents: [100], strides: [0])), .init(register: 1, buffer: 1, view: View(contiguous: [100]))],
            sinks: [.init(register: 4, buffer: 2, view: View(contiguous: [100])), .init(register: 2, buffer: 3, view: View(contiguous: [100]))])
        guard case .elementwise(let kernel) = Lowering.kernel(program) else { throw UnexpectedKernel() }
        // Slots: two sources, two values of steps, two hoisted values.
        #expect(kernel.once == [
            .init(function: .function(.multiply), destination: 4, operands: [0, 0]), .init(function: .function(.exponential), destination: 5, operands: [4]),
        ])
        #expect(kernel.segments == [[
            .init(function: .function(.add), destination: 2, operands: [1, 4], isKept: false),
            .init(function: .function(.multiply), destination: 3, operands: [2, 5], continues: true),
        ]])
        #expect(kernel.slots == 6 && kernel.sinks.map(\.slot) == [3, 5] && kernel.sinks.map(\.isComputed) == [true, true])
    }

    /// A function of many instructions has its own loop and separates its neighbors; a value with two readers is kept.
    @Test func lightStepsSideBySideAreOneSegment() throws {
        let graph = Graph()
        let x = graph.input("x", [64])
        let centered = (x - graph.input("mean", [64])).absoluteValue()
        let kernel = try Self.elementwise(try Plan(graph, outputs: [("y", x / (centered + centered.exp().squareRoot() * centered))]))
        #expect(kernel.segments.map { $0.map(\.function.name) } == [["subtract", "absolute"], ["exponential"], ["squareRoot", "multiply", "add", "divideInto"]])
        #expect(kernel.segments.map { $0.map(\.isKept) } == [[false, true], [true], [false, false, false, true]])
        #expect(kernel.segments[2].map(\.continues) == [false, true, true, true])
    }

    /// If another step reads the comparison, all parts remain.
    @Test func aComparisonThatSomebodyElseWantsStays() throws {
        let graph = Graph()
        let x = graph.input("x", [64])
        let positive = Tensor.greater(x, graph.constant(0))
        let kernel = try Self.elementwise(try Plan(graph, outputs: [("y", Tensor.select(positive, x, x * 0.2)), ("positive", positive)]))
        #expect(kernel.steps.map(\.function.name).sorted() == ["greater", "multiply", "select"])
    }

    @Test func anUpdateOfAdamIsAKernelOfItsOwn() throws {
        let graph = Graph()
        let p = graph.parameter("p", [40])
        var updates = Adam(beta1: 0.5, beta2: 0.75, epsilon: 0.125).updates(p, named: "p", gradient: graph.input("g", [40]), rate: graph.input("rate", .scalar))
        updates[0].value = updates[0].value.clamped(low: -1, high: 2)
        #expect(try Plan(graph, outputs: [], updates: updates).description == """
            plan: 1 kernels, 0 floats of scratch, 3 parameters, 3 updated
            0: adam x 40 { parameter p, parameter adam/p/m, parameter adam/p/v by input g with rate input rate, beta1 0.5, share1 0.5, beta2 0.75, \
            share2 0.25, epsilon 0.125, low -1.0, high 2.0 -> parameter p, parameter adam/p/m, parameter adam/p/v; }

            """)
    }

    /// Any lowered program computes the values of its instructions: see `ElementwiseTests`. Here: the form is consistent.
    @Test(arguments: 0..<200) func theFormOfAnyProgramHoldsTogether(_ seed: Int) throws {
        var generator = ElementwiseGenerator(seed: UInt64(seed))
        guard case .elementwise(let kernel) = Lowering.kernel(generator.program(reductions: seed % 2).program) else { throw UnexpectedKernel() }
        var known = Set(kernel.sources.indices)
        for step in kernel.once {
            #expect(!step.continues && step.isKept && known.isSuperset(of: step.operands))
            known.insert(step.destination)
        }
        for segment in kernel.segments {
            #expect(!segment[0].continues && segment.last!.isKept && (segment.count == 1 || segment.allSatisfy(\.function.isLight)))
            for (index, step) in segment.enumerated() {
                #expect(step.operands.count == step.function.arity && known.isSuperset(of: step.operands.dropFirst(step.continues ? 1 : 0)))
                if step.continues { #expect(step.operands[0] == segment[index - 1].destination) }
                #expect(step.isKept || segment[index + 1].continues)
                // A value that is not kept has no slot.
                if step.isKept { known.insert(step.destination) } else { known.remove(step.destination) }
            }
        }
        #expect(known.isSuperset(of: kernel.sinks.map(\.slot) + kernel.folds.map(\.slot)))
        #expect(known.isSubset(of: Set(0..<kernel.slots)))
    }
}
