internal import CKernels
import Graphs
internal import Numerics

/// A kernel as numbered tasks, each of which writes its own part of the outputs. A plain value, so that a replay
/// does not allocate.
@unsafe struct BoundWork {
    let kernel: BoundKernel
    let table: UnsafePointer<FidKernels>
    let workspace: UnsafeMutablePointer<Float>
    let workspaceStride: Int
    let threads: Int
    let step: UInt64

    private static let randomGrain = 1 << 14

    var tasks: Int {
        switch unsafe kernel {
        case .elementwise(let program, let grain): return unsafe (Int(program.pointee.count) + grain - 1) / grain
        case .adam(_, let count, let grain): return (count + grain - 1) / grain
        case .reduce(_, _, let tasks, _): return tasks
        case .product(_, let tasks): return tasks
        case .random(_, _, let count): return unsafe (count + Self.randomGrain - 1) / Self.randomGrain
        case .gather(_, _, _, let rows, let width, _): return unsafe rows * width < 1 << 16 ? Swift.min(rows, 1) : Swift.min(rows, threads * 4)
        case .checkFinite, .scatter, .matrix, .clear: return 1
        case .peak: return unsafe threads
        }
    }

    func perform(_ task: Int, thread: Int) {
        let scratch = unsafe workspace + thread * workspaceStride
        switch unsafe kernel {
        case .elementwise(let program, let grain):
            let (start, count) = unsafe (task * grain, Int(program.pointee.count))
            unsafe table.pointee.elementwise(program, Int64(start), Int64(Swift.min(grain, count - start)), scratch)
        case .adam(let updates, let count, let grain):
            let start = task * grain
            for index in updates.indices {
                unsafe table.pointee.adam(updates.baseAddress! + index, Int64(start), Int64(Swift.min(grain, count - start)))
            }
        case .reduce(let program, let items, let tasks, _):
            unsafe table.pointee.reduce(program, Int64(items * task / tasks), Int64(items * (task + 1) / tasks), scratch)
        case .product(let parts, _):
            var index = 0
            while unsafe task >= parts[index].firstTask + parts[index].tasks { index += 1 }
            unsafe parts[index].perform(task - parts[index].firstTask, table, scratch)
        case .checkFinite(let operand, let count, let depth, let result): unsafe result.pointee = fid_operand_is_finite(operand, count, depth)
        case .random(var random, let pointer, let count):
            unsafe random.step = step
            let start = unsafe task * Self.randomGrain
            unsafe table.pointee.random(&random, Int64(start), Int64(Swift.min(Self.randomGrain, count - start)), pointer + start)
        case .gather(let from, let places, let to, let rows, let width, let count):
            let tasks = unsafe self.tasks
            for row in rows * task / tasks..<rows * (task + 1) / tasks {
                if let index = unsafe IndexFault.index(places[row], below: count) {
                    unsafe (to + row * width).update(from: from + index * width, count: width)
                } else {
                    unsafe (to + row * width).update(repeating: .nan, count: width)
                }
            }
        case .scatter(let values, let indices, let result, let rows, let width, let count):
            unsafe result.update(repeating: 0, count: count * width)
            for row in 0..<rows {  // ascending, one chain of additions per element
                guard let index = unsafe IndexFault.index(indices[row], below: count) else { continue }
                for column in 0..<width {
                    let sum = unsafe result[index * width + column] + values[row * width + column]
                    unsafe result[index * width + column] = sum.isNaN ? .nan : sum
                }
            }
        case .matrix(let function, let matrix, let result, let size):
            let elimination = unsafe Elimination(size: size, scratch: UnsafeMutableRawPointer(scratch), kernels: table.pointee.set)
            unsafe elimination.compute(function, of: matrix, into: result)
        case .clear(let pointer, let count): unsafe pointer.update(repeating: 0, count: count)
        case .peak(let rounds): unsafe table.pointee.peak(Int64(rounds), scratch)
        }
    }
}

extension ThreadPool {
    /// Runs every task of the work on all threads including the caller's; returns when all are done. Does not allocate.
    func run(_ work: BoundWork) {
        unsafe withUnsafePointer(to: work) { work in
            unsafe run(work.pointee.tasks, context: UnsafeRawPointer(work)) { context, task, thread in
                unsafe context.assumingMemoryBound(to: BoundWork.self).pointee.perform(task, thread: thread)
            }
        }
    }
}
