import Numerics

@testable import Graphs
@testable import Engine

/// A device that executes plans by the definition of each step, in plain Swift and in memory that no other device can use. It is the second
/// implementation of `Device`, and shows what another device requires of models, planner, and sessions.
final class ReferenceDevice: Device {
    final class Memory: DeviceMemory {
        var numbers: [Float]
        var count: Int { numbers.count }

        init(_ count: Int) { numbers = [Float](repeating: 0, count: count) }

        func copyIn(_ values: Span<Float>) { for place in values.indices { numbers[place] = values[place] } }
        func copyOut(_ range: Range<Int>) -> [Float] { Array(numbers[range]) }
    }

    let name = "reference"

    func allocate(_ count: Int) -> any DeviceMemory { Memory(count) }

    func adopt(_ memory: any DeviceMemory) -> any DeviceMemory {
        if memory is Memory { return memory }
        let own = Memory(memory.count)
        own.copyIn(memory.values.span)
        return own
    }

    func compile(_ plan: Plan, _ buffers: [DeviceBuffer], seed: UInt64) -> any CompiledPlan { Program(plan, buffers, seed) }

    private final class Program: CompiledPlan {
        private let plan: Plan
        private let buffers: [(memory: Memory, offset: Int, count: Int)]
        private let seed: UInt64

        init(_ plan: Plan, _ buffers: [DeviceBuffer], _ seed: UInt64) {
            (self.plan, self.seed) = (plan, seed)
            self.buffers = buffers.map { ($0.memory as! Memory, $0.offset, $0.count) }
        }

        func run(step: UInt64, profile: inout [Double]) -> IndexFault? {
            var fault: IndexFault?
            for kernel in plan.kernels {
                switch kernel {
                case .elementwise(let kernel): run(kernel)
                case .adam(let kernel): run(kernel)
                case .product(let product):
                    let (a, b) = product.form.operands
                    write(Definition.product(product.form, read(product.a, a.count), read(product.b, b.count)), Place(buffer: product.result, offset: 0))
                case .random(let source, let buffer, let count):
                    write(RandomStream(seed: seed, name: source.stream).numbers(source.distribution, step: step, count: count), Place(buffer: buffer, offset: 0))
                case .gatherRows(let table, let indices, let result, let rows, let width, let count):
                    let places = read(indices, rows)
                    fault = fault ?? Self.fault("gather", places, count)
                    write(Definition.gathered(read(table, count * width), places, rows: count, width: width), Place(buffer: result, offset: 0))
                case .matrix(let function, let matrix, let result, let size):
                    write(Definition.matrix(function, read(matrix, size * size), size), Place(buffer: result, offset: 0))
                case .scatterRows(let values, let indices, let result, let rows, let width, let count):
                    let places = read(indices, rows)
                    fault = fault ?? Self.fault("scatter", places, count)
                    write(Definition.scattered(read(values, rows * width), places, rows: count, width: width), Place(buffer: result, offset: 0))
                }
            }
            return fault
        }

        private static func fault(_ operation: String, _ indices: [Float], _ count: Int) -> IndexFault? {
            for (position, value) in indices.enumerated() where IndexFault.index(value, below: count) == nil {
                return IndexFault(operation: operation, position: position, value: value, count: count)
            }
            return nil
        }

        private func read(_ place: Place, _ count: Int) -> [Float] {
            let buffer = buffers[place.buffer]
            precondition(place.offset + count <= buffer.count)
            return Array(buffer.memory.numbers[buffer.offset + place.offset..<buffer.offset + place.offset + count])
        }

        private func write(_ values: [Float], _ place: Place) {
            let buffer = buffers[place.buffer]
            precondition(place.offset + values.count <= buffer.count)
            for (index, value) in values.enumerated() { buffer.memory.numbers[buffer.offset + place.offset + index] = value }
        }

        private func run(_ kernel: ElementwiseKernel) {
            var slots = [[Float]](repeating: [], count: kernel.slots)
            for (slot, source) in kernel.sources.enumerated() {
                let values = Definition.read(source.view.view, read(Place(buffer: source.buffer, offset: 0), buffers[source.buffer].count))
                slots[slot] = (0..<kernel.count).map { values[$0 % values.count] }
            }
            for step in kernel.once + kernel.steps {
                let operands = step.operands.map { slots[$0] }
                slots[step.destination] = (0..<kernel.count).map { i in Self.value(step.function, operands.map { $0[i] }) }
            }
            for fold in kernel.folds {
                write(Definition.reduced(fold.kind, slots[fold.slot], kernel.outer, kernel.rows, kernel.inner), Place(buffer: fold.result, offset: 0))
            }
            for sink in kernel.sinks {
                for (place, value) in zip(Definition.places(sink.view.view), slots[sink.slot]) {
                    write([sink.isComputed ? Definition.settled(value) : value], Place(buffer: sink.buffer, offset: place))
                }
            }
        }

        private static func value(_ function: StepFunction, _ x: [Float]) -> Float {
            switch function {
            case .function(let function): Definition.value(function, x)
            case .subtractFrom: Definition.settled(x[1] - x[0])
            case .divideInto: Definition.settled(x[1] / x[0])
            case .rectify: x[1] > x[2] ? x[0] : Definition.settled(x[0] * x[3])
            case .rectifySelf: x[0] > x[1] ? x[0] : Definition.settled(x[0] * x[2])
            }
        }

        private func run(_ kernel: AdamKernel) {
            func number(_ place: Place) -> Float { read(place, 1)[0] }
            for update in kernel.updates {
                let (p, m, v, g) = (read(update.parameter, kernel.count), read(update.m, kernel.count), read(update.v, kernel.count), read(update.gradient, kernel.count))
                let newM = zip(m, g).map { Definition.settled($0 * number(update.beta1) + (update.share1.map { [g = $1] in g * number($0) } ?? $1)) }
                let newV = zip(v, g).map { Definition.settled($0 * number(update.beta2) + $1 * $1 * number(update.share2)) }
                let newP = p.indices.map { i in
                    let value = Definition.settled(p[i] - number(update.rate) * newM[i] / (newV[i].squareRoot() + number(update.epsilon)))
                    guard let low = update.low, let high = update.high else { return value }
                    return Definition.value(.minimum, [Definition.value(.maximum, [value, number(low)]), number(high)])
                }
                for (values, place) in zip([newP, newM, newV], update.written) { write(values, place) }
            }
        }
    }
}
