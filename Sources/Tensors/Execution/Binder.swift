internal import CKernels

/// Resolves a plan's buffer numbers to pointers and its kernels to C structures.
@safe struct Binder {
    let structures: StructureArena
    let kernels: UnsafePointer<FidKernels>
    let threads: Int
    let pointers: [UnsafeMutablePointer<Float>]
    let seed: UInt64

    func bind(_ kernel: Kernel) -> [BoundKernel] {
        switch kernel {
        case .elementwise(let kernel): return unsafe bind(kernel)
        case .product(let kernel): return unsafe products(kernel).map { unsafe bind($0) }
        case .random(let source, let buffer, let count):
            let (distribution, low, high) = switch source.distribution {
            case .uniform(let low, let high): (FID_UNIFORM, low, high)
            case .normal(let mean, let deviation): (FID_NORMAL, mean, deviation)
            case .truncatedNormal(let mean, let deviation): (FID_TRUNCATED_NORMAL, mean, deviation)
            }
            let random = FidRandom(
                key: RandomStream(seed: seed, name: source.stream).key, step: 0, distribution: Int32(distribution.rawValue), low: low,
                high: high)
            return unsafe [.random(random, pointers[buffer], count: count)]
        case .gatherRows(let table, let indices, let result, let rows, let width, let count):
            return unsafe [.gather(table: pointer(table), indices: pointer(indices), result: pointers[result], rows: rows, width: width, count: count)]
        case .scatterRows(let values, let indices, let result, let rows, let width, let count):
            return unsafe [.scatter(values: pointer(values), indices: pointer(indices), result: pointers[result], rows: rows, width: width, count: count)]
        }
    }

    private func pointer(_ place: Place) -> UnsafeMutablePointer<Float> { unsafe pointers[place.buffer] + place.offset }

    // MARK: Elementwise

    private func view(_ access: ElementwiseKernel.Access) -> FidView {
        var view = unsafe FidView()
        unsafe view.data = pointers[access.buffer] + access.view.offset
        unsafe view.reg = Int32(access.register)
        unsafe view.rank = Int32(access.view.extents.count)
        precondition(access.view.extents.count <= Int(FID_MAX_RANK), "a view of rank \(access.view.extents.count)")
        unsafe withUnsafeMutableBytes(of: &view.dims) { raw in
            let dims = unsafe raw.bindMemory(to: Int64.self)
            for axis in access.view.extents.indices { unsafe dims[axis] = Int64(access.view.extents[axis]) }
        }
        unsafe withUnsafeMutableBytes(of: &view.strides) { raw in
            let strides = unsafe raw.bindMemory(to: Int64.self)
            for axis in access.view.strides.indices { unsafe strides[axis] = Int64(access.view.strides[axis]) }
        }
        return unsafe view
    }

    private func bind(_ kernel: ElementwiseKernel) -> [BoundKernel] {
        if kernel.count == 0 {
            return unsafe kernel.folds.map { unsafe .clear(pointers[$0.result], count: kernel.outer * kernel.inner) }
        }
        var program = unsafe FidElementwise()
        unsafe program.count = Int64(kernel.count)
        let instructions = kernel.instructions.map { instruction in
            func operand(_ i: Int) -> Int32 { i < instruction.operands.count ? Int32(instruction.operands[i]) : -1 }
            return FidInstruction(
                op: Int32(instruction.function.opcode.rawValue), dst: Int32(instruction.destination), a: operand(0), b: operand(1), c: operand(2),
                immediate: 0)
        }
        unsafe program.instruction_count = Int32(instructions.count)
        unsafe program.source_count = Int32(kernel.sources.count)
        unsafe program.sink_count = Int32(kernel.sinks.count)
        unsafe program.reduction_count = Int32(kernel.folds.count)
        unsafe program.instructions = UnsafePointer(structures.store(instructions))
        unsafe program.sources = UnsafePointer(structures.store(kernel.sources.map { unsafe view($0) }))
        unsafe program.sinks = UnsafePointer(structures.store(kernel.sinks.map { unsafe view($0) }))
        let folds = unsafe kernel.folds.map { fold in
            unsafe FidReduction(
                kind: Int32(fold.kind == .sum ? FID_SUM.rawValue : FID_MAXIMUM.rawValue), reg: Int32(fold.register), result: pointers[fold.result],
                partial: fold.partial.map { unsafe pointers[$0] })
        }
        unsafe program.reductions = UnsafePointer(structures.store(folds))
        unsafe program.outer = Int64(kernel.outer)
        unsafe program.rows = Int64(kernel.rows)
        unsafe program.inner = Int64(kernel.inner)
        let stored = unsafe structures.store([program])
        // Small kernels are not worth waking a thread for.
        let work = kernel.count * (kernel.instructions.count + kernel.sources.count + kernel.sinks.count + kernel.folds.count)
        if kernel.folds.isEmpty {
            let tile = Int(FID_TILE)
            let parts = work < 1 << 17 ? 1 : threads * 4
            let grain = ((kernel.count + parts - 1) / parts + tile - 1) / tile * tile
            return unsafe [.elementwise(UnsafePointer(stored), grain: grain)]
        }
        let chunks = (kernel.rows + Int(FID_SUM_CHUNK) - 1) / Int(FID_SUM_CHUNK)
        let items = kernel.outer * chunks
        // Each call prepares the program anew, so items go in ranges.
        let tasks = threads == 1 || work < 1 << 17 ? Swift.min(items, 1) : Swift.min(items, threads * 8)
        return unsafe [.reduce(UnsafePointer(stored), items: items, tasks: tasks, combine: chunks > 1)]
    }

    // MARK: Products

    private func bind(_ product: FidProduct) -> BoundKernel {
        let stored = unsafe structures.store([product])
        var mBlock: Int64 = 0
        var nBlock: Int64 = 0
        unsafe fid_product_blocks(kernels, stored, Int32(threads), &mBlock, &nBlock)
        return unsafe .product(UnsafePointer(stored), mBlock: Int(mBlock), nBlock: Int(nBlock))
    }

    private func products(_ kernel: ProductKernel) -> [FidProduct] {
        let a = unsafe pointer(kernel.a)
        let b = unsafe pointer(kernel.b)
        let c = unsafe pointers[kernel.result]
        switch kernel.form {
        case .matrix(let m, let n, let k, let transposeA, let transposeB):
            let left = unsafe operand(transposeA ? FID_COLUMNS : FID_ROWS, a, stride: transposeA ? m : k)
            let right = unsafe operand(transposeB ? FID_ROWS : FID_COLUMNS, b, stride: transposeB ? k : n)
            return unsafe [FidProduct(m: Int64(m), n: Int64(n), k: Int64(k), a: left, b: right, c: rows(c, stride: n))]
        case .convolution(let g, let images, let inChannels, let outChannels):
            let taps = g.kernelHeight * g.kernelWidth
            let left = unsafe patchOperand(FID_PATCH_ROWS, a, inputPatches(g, images: images, channels: inChannels))
            let right = unsafe operand(FID_ROWS, b, stride: taps * inChannels)
            return unsafe [FidProduct(
                m: Int64(images * g.outputHeight * g.outputWidth), n: Int64(outChannels), k: Int64(taps * inChannels), a: left, b: right,
                c: rows(c, stride: outChannels))]
        case .weightGradient(let g, let images, let inChannels, let outChannels):
            let taps = g.kernelHeight * g.kernelWidth
            let left = unsafe operand(FID_COLUMNS, b, stride: outChannels)
            let right = unsafe patchOperand(FID_PATCH_COLUMNS, a, inputPatches(g, images: images, channels: inChannels))
            return unsafe [FidProduct(
                m: Int64(outChannels), n: Int64(taps * inChannels), k: Int64(images * g.outputHeight * g.outputWidth), a: left, b: right,
                c: rows(c, stride: taps * inChannels))]
        case .inputGradient(let g, let images, let inChannels, let outChannels):
            var phases: [FidProduct] = unsafe []
            for phaseY in 0..<g.strideY {
                for phaseX in 0..<g.strideX {
                    if let phase = unsafe inputGradientPhase(g, phaseY, phaseX, images, inChannels, outChannels, a, b, c) {
                        unsafe phases.append(phase)
                    }
                }
            }
            return unsafe phases
        }
    }

    private func operand(_ layout: FidLayout, _ data: UnsafeMutablePointer<Float>, stride: Int) -> FidOperand {
        unsafe FidOperand(layout: layout, data: UnsafePointer(data), stride: Int64(stride), patches: nil, tap_offset: nil, tap_channels: 0)
    }

    private func patchOperand(_ layout: FidLayout, _ data: UnsafeMutablePointer<Float>, _ patches: FidPatches) -> FidOperand {
        let stored = unsafe UnsafePointer(structures.store([patches]))
        return unsafe FidOperand(layout: layout, data: UnsafePointer(data), stride: 0, patches: stored, tap_offset: nil, tap_channels: 0)
    }

    private func rows(_ data: UnsafeMutablePointer<Float>, stride: Int) -> FidOutput {
        unsafe FidOutput(data: data, stride: Int64(stride), grid_height: 0, grid_width: 0, image_stride: 0, y_stride: 0, x_stride: 0)
    }

    private func inputPatches(_ g: ConvolutionGeometry, images: Int, channels: Int) -> FidPatches {
        var dy: [Int32] = []
        var dx: [Int32] = []
        for ky in 0..<g.kernelHeight {
            for kx in 0..<g.kernelWidth {
                dy.append(Int32(ky - g.padTop))
                dx.append(Int32(kx - g.padLeft))
            }
        }
        return unsafe FidPatches(
            images: Int64(images), height: Int64(g.inputHeight), width: Int64(g.inputWidth), channels: Int64(channels),
            grid_height: Int64(g.outputHeight), grid_width: Int64(g.outputWidth), stride_y: Int64(g.strideY), stride_x: Int64(g.strideX),
            taps: Int64(dy.count), dy: UnsafePointer(structures.store(dy)), dx: UnsafePointer(structures.store(dx)))
    }

    /// One axis of one phase of an input gradient. Input position i = index * stride + start meets kernel positions k with
    /// (i + pad - k) divisible by the stride; each is a tap at gradient position index + shift.
    private func phaseAxis(_ phase: Int, stride: Int, pad: Int, kernel: Int, extent: Int) -> (start: Int, count: Int, taps: [(kernel: Int, shift: Int)]) {
        let start = ((phase - pad) % stride + stride) % stride
        let count = start < extent ? (extent - start + stride - 1) / stride : 0
        let taps = Swift.stride(from: phase, to: kernel, by: stride).map { (kernel: $0, shift: (start + pad - $0) / stride) }
        return (start, count, taps)
    }

    /// Pixels of the input whose (row + padTop) mod stride and (column + padLeft) mod stride are the phase: a convolution of stride 1 over the gradient.
    private func inputGradientPhase(
        _ g: ConvolutionGeometry, _ phaseY: Int, _ phaseX: Int, _ images: Int, _ inChannels: Int, _ outChannels: Int,
        _ gradient: UnsafeMutablePointer<Float>, _ weight: UnsafeMutablePointer<Float>, _ result: UnsafeMutablePointer<Float>
    ) -> FidProduct? {
        let y = phaseAxis(phaseY, stride: g.strideY, pad: g.padTop, kernel: g.kernelHeight, extent: g.inputHeight)
        let x = phaseAxis(phaseX, stride: g.strideX, pad: g.padLeft, kernel: g.kernelWidth, extent: g.inputWidth)
        guard y.count > 0, x.count > 0 else { return nil }
        var dy: [Int32] = []
        var dx: [Int32] = []
        var offsets: [Int64] = []
        for (ky, shiftY) in y.taps {
            for (kx, shiftX) in x.taps {
                dy.append(Int32(shiftY))
                dx.append(Int32(shiftX))
                offsets.append(Int64((ky * g.kernelWidth + kx) * inChannels))
            }
        }
        let patches = unsafe FidPatches(
            images: Int64(images), height: Int64(g.outputHeight), width: Int64(g.outputWidth), channels: Int64(outChannels), grid_height: Int64(y.count),
            grid_width: Int64(x.count), stride_y: 1, stride_x: 1, taps: Int64(dy.count), dy: UnsafePointer(structures.store(dy)),
            dx: UnsafePointer(structures.store(dx)))
        let left = unsafe patchOperand(FID_PATCH_ROWS, gradient, patches)
        let right = unsafe FidOperand(
            layout: FID_TAP_COLUMNS, data: UnsafePointer(weight), stride: Int64(g.kernelHeight * g.kernelWidth * inChannels), patches: nil,
            tap_offset: UnsafePointer(structures.store(offsets)), tap_channels: Int64(outChannels))
        let start = (y.start * g.inputWidth + x.start) * inChannels
        let output = unsafe FidOutput(
            data: result + start, stride: 0, grid_height: Int64(y.count), grid_width: Int64(x.count),
            image_stride: Int64(g.inputHeight * g.inputWidth * inChannels), y_stride: Int64(g.strideY * g.inputWidth * inChannels),
            x_stride: Int64(g.strideX * inChannels))
        return unsafe FidProduct(
            m: Int64(images * y.count * x.count), n: Int64(inChannels), k: Int64(dy.count * outChannels), a: left, b: right, c: output)
    }
}

extension ElementwiseFunction {
    var opcode: FidOpcode {
        switch self {
        case .copy: FID_COPY
        case .add: FID_ADD
        case .subtract: FID_SUB
        case .multiply: FID_MUL
        case .divide: FID_DIV
        case .minimum: FID_MIN
        case .maximum: FID_MAX
        case .negate: FID_NEG
        case .absolute: FID_ABS
        case .square: FID_SQUARE
        case .squareRoot: FID_SQRT
        case .reciprocalSquareRoot: FID_RSQRT
        case .reciprocal: FID_RECIPROCAL
        case .sign: FID_SIGN
        case .exponential: FID_EXP
        case .exponentialMinusOne: FID_EXPM1
        case .logarithm: FID_LOG
        case .logarithmOnePlus: FID_LOG1P
        case .tanh: FID_TANH
        case .sigmoid: FID_SIGMOID
        case .softplus: FID_SOFTPLUS
        case .sine: FID_SIN
        case .cosine: FID_COS
        case .greater: FID_GREATER
        case .greaterOrEqual: FID_GREATER_EQUAL
        case .equal: FID_EQUAL
        case .select: FID_SELECT
        case .floor: FID_FLOOR
        case .round: FID_ROUND
        }
    }
}
