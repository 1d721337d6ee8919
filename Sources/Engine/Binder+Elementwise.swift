internal import CKernels
import Graphs

/// Converts fused elementwise kernels and Adam updates to the programs that the C kernels run: resolves pointers and decides how memory is
/// accessed on this processor. Done once, when a plan is bound.
extension Binder {
    /// Number of floats that fit into a second-level cache, and number that no cache holds.
    private static let (cached, streamed) = (1 << 18, 1 << 23)

    func bind(_ kernel: ElementwiseKernel) -> [BoundKernel] {
        if kernel.count == 0 {
            return unsafe kernel.folds.map { unsafe .clear(pointers[$0.result], count: kernel.outer * kernel.inner) }
        }
        check(kernel)
        let sources = unsafe kernel.sources.indices.map { unsafe source($0, of: kernel) }
        var steps = kernel.segments.flatMap { segment in
            segment.indices.map { step(segment[$0], length: $0 == 0 && segment[0].function.isLight ? segment.count : 0) }
        }
        let sinks = unsafe kernel.sinks.map { unsafe sink($0, of: kernel, &steps) }
        let streams = unsafe streams(sources, sinks, count: kernel.count)
        var program = unsafe FidElementwise()
        unsafe (program.count, program.tile) = (Int64(kernel.count), Int64(tileLength(sources)))
        unsafe program.slot_count = Int32(kernel.slots)
        unsafe (program.source_count, program.sources) = (Int32(sources.count), UnsafePointer(structures.store(sources)))
        unsafe (program.once_count, program.once) = (Int32(kernel.once.count), UnsafePointer(structures.store(kernel.once.map { step($0, length: 0) })))
        unsafe (program.step_count, program.steps) = (Int32(steps.count), UnsafePointer(structures.store(steps)))
        unsafe (program.sink_count, program.sinks) = (Int32(sinks.count), UnsafePointer(structures.store(sinks)))
        unsafe (program.stream_count, program.streams) = (Int32(streams.count), UnsafePointer(structures.store(streams)))
        let folds = unsafe kernel.folds.map { fold in
            unsafe FidReduction(
                kind: Int32(fold.kind == .sum ? FID_SUM.rawValue : FID_MAXIMUM.rawValue), slot: Int32(fold.slot), result: pointers[fold.result],
                partial: fold.partial.map { unsafe pointers[$0] })
        }
        unsafe (program.reduction_count, program.reductions) = (Int32(folds.count), UnsafePointer(structures.store(folds)))
        unsafe (program.outer, program.rows, program.inner) = (Int64(kernel.outer), Int64(kernel.rows), Int64(kernel.inner))
        let stored = unsafe UnsafePointer(structures.store([program]))
        guard !kernel.folds.isEmpty else { return unsafe [.elementwise(stored, grain: grain(kernel.count, weight: kernel.weight))] }
        let items = unsafe Int(fid_reduction_items(stored))
        // Each call recomputes the program's hoisted values, so items are grouped into ranges.
        let tasks = threads == 1 || isSmall(kernel.count, kernel.weight) ? Swift.min(items, 1) : Swift.min(items, threads * 8)
        return unsafe [.reduce(stored, items: items, tasks: tasks, combine: fid_reduction_chunks(stored) > 1)]
    }

    func bind(_ kernel: AdamKernel) -> BoundKernel {
        func place(_ place: Place, _ count: Int) -> UnsafeMutablePointer<Float> {
            precondition(place.offset >= 0 && place.offset + count <= counts[place.buffer], "an Adam update of \(count) elements at \(place) exceeds a buffer of \(counts[place.buffer])")
            return unsafe pointer(place)
        }
        func all(_ at: Place) -> UnsafeMutablePointer<Float> { unsafe place(at, kernel.count) }
        func number(_ at: Place) -> UnsafePointer<Float> { unsafe UnsafePointer(place(at, 1)) }
        let updates = unsafe kernel.updates.map { update in
            unsafe FidAdam(
                parameter: all(update.parameter), m: all(update.m), v: all(update.v), gradient: all(update.gradient), beta1: number(update.beta1),
                share1: update.share1.map { unsafe number($0) }, beta2: number(update.beta2), share2: number(update.share2), rate: number(update.rate),
                epsilon: number(update.epsilon), low: update.low.map { unsafe number($0) }, high: update.high.map { unsafe number($0) },
                to_parameter: all(update.newParameter), to_m: all(update.newM), to_v: all(update.newV))
        }
        return unsafe .adam(
            UnsafeBufferPointer(start: structures.store(updates), count: updates.count), count: kernel.count,
            grain: grain(kernel.count, weight: kernel.weight))
    }

    /// Small kernels are not worth waking a thread for.
    private func isSmall(_ count: Int, _ weight: Int) -> Bool { count * weight < 1 << 17 }

    /// Elements per task, a multiple of the tile.
    private func grain(_ count: Int, weight: Int) -> Int {
        let (tile, parts) = (Int(FID_TILE), isSmall(count, weight) ? 1 : threads * 4)
        return ((count + parts - 1) / parts + tile - 1) / tile * tile
    }

    /// The C kernels do not check a program, so its slots, buffers, and extents are checked here.
    private func check(_ kernel: ElementwiseKernel) {
        precondition(kernel.slots <= Int(FID_MAX_SLOTS) && kernel.sources.count <= kernel.slots, "\(kernel.slots) slots, \(kernel.sources.count) sources")
        let written = kernel.sources.count..<kernel.slots
        for step in kernel.once + kernel.steps {
            precondition(
                step.operands.count == step.function.arity && written.contains(step.destination) && step.operands.allSatisfy { (0..<kernel.slots).contains($0) },
                "\(step) does not fit \(kernel.slots) slots")
        }
        precondition((kernel.sinks.map(\.slot) + kernel.folds.map(\.slot)).allSatisfy { (0..<kernel.slots).contains($0) }, "a sink or a reduction reads a slot outside 0..<\(kernel.slots)")
        precondition(kernel.sinks.allSatisfy { $0.view.period == kernel.count }, "a sink covers fewer elements than the kernel")
        guard !kernel.folds.isEmpty else { return }
        let (outer, rows, inner) = (kernel.outer, kernel.rows, kernel.inner)
        precondition(outer * rows * inner == kernel.count, "a reduction of [\(outer),\(rows),\(inner)] over \(kernel.count)")
        for fold in kernel.folds {
            precondition(counts[fold.result] >= outer * inner, "a reduction to \(outer * inner) elements into a buffer of \(counts[fold.result])")
            guard rows > Int(FID_SUM_CHUNK) else { continue }
            let chunks = (rows + Int(FID_SUM_CHUNK) - 1) / Int(FID_SUM_CHUNK)
            precondition(fold.partial.map { counts[$0] >= outer * chunks * inner } ?? false, "a reduction of \(rows) rows without a buffer for its partial sums")
        }
    }

    // MARK: Parts of a program

    private func view(_ buffer: Int, _ repeated: RepeatedView) -> FidView {
        let (extents, strides) = (repeated.view.extents, repeated.view.strides)
        precondition(extents.count <= Int(FID_MAX_RANK) && !extents.isEmpty, "a view of rank \(extents.count), expected 1...\(FID_MAX_RANK)")
        let start = unsafe UnsafeMutablePointer<Float>(bitPattern: memory(buffer, repeated).lowerBound)
        var view = unsafe FidView()
        unsafe (view.data, view.period, view.rank) = (start, Int64(repeated.period), Int32(extents.count))
        unsafe withUnsafeMutableBytes(of: &view.dims) { raw in
            let dims = unsafe raw.bindMemory(to: Int64.self)
            for axis in extents.indices { unsafe dims[axis] = Int64(extents[axis]) }
        }
        unsafe withUnsafeMutableBytes(of: &view.strides) { raw in
            let places = unsafe raw.bindMemory(to: Int64.self)
            for axis in strides.indices { unsafe places[axis] = Int64(strides[axis]) }
        }
        return unsafe view
    }

    private func source(_ index: Int, of kernel: ElementwiseKernel) -> FidSource {
        let source = kernel.sources[index], own = memory(source.buffer, source.view)
        // A source that is stored unchanged must not point into memory that another sink of the same tile overwrites.
        let isCopied = kernel.sinks.contains { $0.slot == index }
            && kernel.sinks.contains { $0.slot != index && memory($0.buffer, $0.view).overlaps(own) }
        let (repeats, stretch) = stretch(source.view)
        return unsafe FidSource(
            view: view(source.buffer, source.view), in_place: !isCopied && source.view.isWhole(kernel.count), copied: isCopied, repeat: Int64(repeats),
            stretch: Int64(stretch))
    }

    /// A row that repeats within the view, such as per-group batch statistics: its length and the length of its repetitions. Zeros if there is none.
    private func stretch(_ repeated: RepeatedView) -> (repeats: Int, stretch: Int) {
        guard repeated.period > Int(FID_TILE) else { return (0, 0) }
        let view = repeated.view
        var inner = 1
        for axis in view.extents.indices.dropFirst().reversed() {
            if inner > Int(FID_TILE) / 2 { break }
            if view.strides[axis] == 0 { return (inner, inner * view.extents[axis]) }
            inner *= view.extents[axis]
        }
        return (0, 0)
    }

    private func step(_ step: ElementwiseKernel.Step, length: Int) -> FidStep {
        var slots = step.operands.map { Int32($0) }
        if step.function == .rectifySelf { slots.insert(slots[0], at: 1) }  // the value is its own sign
        func operand(_ i: Int) -> Int32 { i < slots.count ? slots[i] : 0 }
        return FidStep(
            op: Int32(step.function.opcode.rawValue), dst: Int32(step.destination), a: operand(0), b: operand(1), c: operand(2), d: operand(3),
            length: Int32(length), fresh: !step.continues, kept: step.isKept, settled: false)
    }

    /// A sink. The step that computes its value writes it directly if no source reads the memory that it overwrites.
    private func sink(_ sink: ElementwiseKernel.Sink, of kernel: ElementwiseKernel, _ steps: inout [FidStep]) -> FidSink {
        let own = memory(sink.buffer, sink.view)
        let isOnlyWritten = !kernel.sources.contains { memory($0.buffer, $0.view).overlaps(own) }
        let isWhole = sink.view.isWhole(kernel.count)
        let isStreamed = isWhole && isOnlyWritten && kernel.count >= Self.streamed && own.lowerBound.isMultiple(of: 64)
        var isDirect = false
        if isWhole, isOnlyWritten, !isStreamed, let maker = steps.lastIndex(where: { $0.dst == sink.slot }), kernel.steps[maker].function.isLight,
            !steps[maker].settled {
            isDirect = true
            steps[maker].settled = true
        }
        return unsafe FidSink(
            view: view(sink.buffer, sink.view), slot: Int32(sink.slot), contiguous: isWhole, computed: sink.isComputed, direct: isDirect,
            streamed: isStreamed)
    }

    /// The tile length: sources with a short period are loaded once if a tile holds whole periods.
    private func tileLength(_ sources: [FidSource]) -> Int {
        func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : greatestCommonDivisor(b, a % b) }
        let most = Int(FID_TILE)
        var unit = Int(FID_LANE_MULTIPLE)
        for unsafe source in unsafe sources where unsafe !source.in_place {
            let period = unsafe Int(source.repeat > 0 ? source.repeat : source.view.period)
            guard period <= most else { continue }
            let common = unit / greatestCommonDivisor(unit, period) * period
            if common <= most { unit = common }
        }
        return most / unit * unit
    }

    /// The streams to prefetch if the kernel's memory exceeds the second-level cache; this doubles the speed of an optimizer step. A single stream is left to the
    /// hardware prefetcher.
    private func streams(_ sources: [FidSource], _ sinks: [FidSink], count: Int) -> [UnsafePointer<Float>?] {
        var streams: [UnsafePointer<Float>?] = unsafe []
        let read = unsafe sources.filter { unsafe $0.in_place }.map { unsafe $0.view.data }
        let written = unsafe sinks.filter { unsafe $0.contiguous && !$0.streamed }.map { unsafe $0.view.data }
        for unsafe memory in unsafe read + written where unsafe streams.count < Int(FID_MAX_STREAMS) {
            let stream = unsafe UnsafePointer<Float>(memory)
            if unsafe !streams.contains(stream) { unsafe streams.append(stream) }
        }
        return unsafe streams.count == 1 || streams.count * count < Self.cached ? [] : streams
    }
}
