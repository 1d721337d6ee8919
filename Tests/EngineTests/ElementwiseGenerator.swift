import TestSupport

@testable import Graphs

/// Random elementwise programs: views that repeat, permute, or advance; reused registers; sinks that overwrite sources.
struct ElementwiseGenerator {
    private var random: TestRandom

    init(seed: UInt64) { random = TestRandom(seed: seed) }

    private mutating func pick(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &random) }

    /// Finite numbers of many magnitudes, with zeros, infinities, and NaN among them.
    mutating func numbers(_ count: Int) -> [Float] {
        (0..<count).map { _ in
            switch pick(150) {
            case 0: .nan
            case 1: .infinity
            case 2: -0.0
            case 3: 0
            case 4: Float.leastNonzeroMagnitude * Float(pick(1000))
            default: Float(pick(1 << 25) - 1 << 24) / Float(1 << pick(30))
            }
        }
    }

    private mutating func dims() -> [Int] {
        let rank = 1 + pick(4)
        return (0..<rank).map { d in
            switch pick(6) {
            case 0: 1
            case 1: 16
            case 2: 1 + pick(40)
            case 3 where d == rank - 1: 1 + pick(700)
            default: 1 + pick(7)
            }
        }
    }

    /// The dims in some order of memory; omitted ones repeat.
    private mutating func strides(_ dims: [Int], leavingOut: Bool) -> [Int] {
        var strides = [Int](repeating: 0, count: dims.count), step = 1
        for d in dims.indices.shuffled(using: &random) {
            if leavingOut, pick(2) == 0 { continue }
            strides[d] = step
            step *= dims[d]
        }
        return strides
    }

    private mutating func source(_ register: Int, _ dims: [Int], _ count: Int) -> ElementwiseCase.View {
        switch pick(5) {
        case 0, 1: .contiguous(register, register: register, count: count)
        case 2: .init(memory: register, register: register, dims: [count], strides: [0])
        case 3: .init(memory: register, register: register, dims: dims, strides: strides(dims, leavingOut: false))
        default: .init(memory: register, register: register, dims: dims, strides: strides(dims, leavingOut: true))
        }
    }

    mutating func program(reductions: Int) -> ElementwiseCase {
        var dims = dims()
        while dims.reduce(1, *) > 6000 { dims = self.dims() }
        let count = dims.reduce(1, *), sources = 1 + pick(4), sinks = (reductions > 0 ? 0 : 1) + pick(3)
        var program = ElementwiseCase(memory: (0..<sources + sinks).map { _ in numbers(count) }, count: count)
        program.sources = (0..<sources).map { source($0, dims, count) }
        var live = sources
        for _ in 0..<pick(12) {
            let op = ElementwiseCase.Instruction.defined[pick(ElementwiseCase.Instruction.defined.count)]
            let result = pick(2) == 0 && live < 20 ? live : pick(live)
            program.instructions.append(.init(op: op, result: result, a: pick(live), b: pick(live), c: pick(live)))
            live = max(live, result + 1)
        }
        var free = Set(program.sources.filter { $0.strides == [1] }.map(\.memory))
        for i in 0..<sinks {
            var sink = ElementwiseCase.View.contiguous(sources + i, register: pick(live), count: count)
            if pick(3) == 0 {
                (sink.dims, sink.strides) = (dims, strides(dims, leavingOut: false))
            } else if pick(2) == 0, let memory = free.min() {
                free.remove(memory)
                sink.memory = memory
            }
            program.sinks.append(sink)
        }
        program.reductions = (0..<reductions).map { _ in .init(kind: pick(2) == 0 ? .sum : .maximum, register: pick(live)) }
        let first = pick(dims.count + 1), last = first + pick(dims.count + 1 - first)
        program.outer = dims[..<first].reduce(1, *)
        program.rows = dims[first..<last].reduce(1, *)
        program.inner = dims[last...].reduce(1, *)
        return program
    }
}
