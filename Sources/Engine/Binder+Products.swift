internal import CKernels
import Graphs

/// Converts matrix products and convolutions to the products that the C kernels compute.
extension Binder {
    /// Products that the threads compute together, largest first, so that small ones fill the gaps at the end.
    func bind(_ products: [FidProduct]) -> [BoundKernel] {
        let costs = unsafe products.map { unsafe cost($0) }
        let share = costs.reduce(0, +) / Double(4 * threads)
        var parts: [ProductPart] = unsafe []
        var tasks = 0
        for index in costs.indices.sorted(by: { costs[$0] > costs[$1] }) {
            var part = unsafe ProductPart(UnsafePointer(structures.store([products[index]])), firstTask: tasks)
            if costs[index] > share { unsafe part.cut(kernels, threads: threads) }
            unsafe tasks += part.tasks
            unsafe parts.append(part)
        }
        return unsafe checks(products) + [.product(UnsafeBufferPointer(start: structures.store(parts), count: parts.count), tasks: tasks)]
    }

    /// Finiteness checks of operands, one per operand even if several parts share it.
    private func checks(_ products: [FidProduct]) -> [BoundKernel] {
        var places: Set<UnsafePointer<Bool>> = unsafe []
        var checks: [BoundKernel] = unsafe []
        for unsafe product in unsafe products {
            guard let whole = unsafe product.whole, let finite = unsafe product.finite, unsafe places.insert(finite).inserted else { continue }
            // The operand that is multiplied with image windows.
            let left = unsafe whole.pointee.b.layout == FID_PATCH_COLUMNS
            unsafe checks.append(.checkFinite(
                structures.store([left ? whole.pointee.a : whole.pointee.b]), count: left ? whole.pointee.m : whole.pointee.n,
                depth: whole.pointee.k, result: UnsafeMutablePointer(mutating: finite)))
        }
        return unsafe checks
    }

    private func cost(_ product: FidProduct) -> Double {
        unsafe withUnsafePointer(to: product) { unsafe fid_product_cost(kernels, $0) }
    }

    func products(_ kernel: ProductKernel) -> [FidProduct] {
        let a = unsafe pointer(kernel.a)
        let b = unsafe pointer(kernel.b)
        let c = unsafe pointers[kernel.result]
        switch kernel.form {
        case .matrix(let m, let n, let k, let transposeA, let transposeB):
            let left = unsafe operand(transposeA ? FID_COLUMNS : FID_ROWS, a, stride: transposeA ? m : k)
            let right = unsafe operand(transposeB ? FID_ROWS : FID_COLUMNS, b, stride: transposeB ? k : n)
            return unsafe [FidProduct(
                m: Int64(m), n: Int64(n), k: Int64(k), a: left, b: right, c: rows(c, stride: n), whole: nil, finite: nil, chunk_ends: nil)]
        case .convolution(let g, let images, let inChannels, let outChannels):
            return unsafe convolution(g, images, inChannels, outChannels, a, b, c)
        case .weightGradient(let g, let images, let inChannels, let outChannels):
            let taps = g.kernelHeight * g.kernelWidth
            let windows = ConvolutionWindows(g)
            let image = WindowedImage(images: images, height: g.inputHeight, width: g.inputWidth, channels: inChannels)
            let left = unsafe operand(FID_COLUMNS, b, stride: outChannels)
            let right = unsafe operand(FID_PATCH_COLUMNS, a, patches(image, windows, windows.y.whole, windows.x.whole))
            var product = unsafe FidProduct(
                m: Int64(outChannels), n: Int64(taps * inChannels), k: Int64(images * g.outputHeight * g.outputWidth), a: left, b: right,
                c: rows(c, stride: taps * inChannels), whole: nil, finite: nil, chunk_ends: nil)
            // With fewer channels, hardly any panel lies within one tap.
            if inChannels >= 16, 50 * windows.meetings < 49 * g.outputHeight * g.outputWidth * taps {
                unsafe product.whole = UnsafePointer(structures.store([product]))
                unsafe product.finite = UnsafePointer(structures.store([false]))
            }
            return unsafe [product]
        case .inputGradient(let g, let images, let inChannels, let outChannels):
            return unsafe (0..<g.strideY).flatMap { phaseY in
                unsafe (0..<g.strideX).flatMap { phaseX in
                    unsafe inputGradientPhase(g, phaseY, phaseX, images, inChannels, outChannels, a, b, c)
                }
            }
        }
    }

    // MARK: Operands

    private func operand(_ layout: FidLayout, _ data: UnsafeMutablePointer<Float>, stride: Int) -> FidOperand {
        unsafe FidOperand(layout: layout, data: UnsafePointer(data), stride: Int64(stride), patches: nil, tap_offset: nil, tap_channels: 0)
    }

    private func operand(_ layout: FidLayout, _ data: UnsafeMutablePointer<Float>, _ patches: FidPatches) -> FidOperand {
        let stored = unsafe UnsafePointer(structures.store([patches]))
        return unsafe FidOperand(layout: layout, data: UnsafePointer(data), stride: 0, patches: stored, tap_offset: nil, tap_channels: 0)
    }

    private func rows(_ data: UnsafeMutablePointer<Float>, stride: Int) -> FidOutput {
        unsafe FidOutput(data: data, stride: Int64(stride), grid_height: 0, grid_width: 0, image_stride: 0, y_stride: 0, x_stride: 0)
    }

    private struct WindowedImage {
        var images: Int, height: Int, width: Int, channels: Int
    }

    /// The windows of a part of the grid, restricted to a part of the kernel.
    private func patches(
        _ image: WindowedImage, _ windows: ConvolutionWindows, _ y: ConvolutionWindows.Axis.Part, _ x: ConvolutionWindows.Axis.Part
    ) -> FidPatches {
        var dy: [Int32] = []
        var dx: [Int32] = []
        for row in y.distances {
            for column in x.distances {
                dy.append(Int32(windows.y.distances[row] + y.positions.lowerBound * windows.y.stride))
                dx.append(Int32(windows.x.distances[column] + x.positions.lowerBound * windows.x.stride))
            }
        }
        return unsafe FidPatches(
            images: Int64(image.images), height: Int64(image.height), width: Int64(image.width), channels: Int64(image.channels),
            grid_height: Int64(y.positions.count), grid_width: Int64(x.positions.count), stride_y: Int64(windows.y.stride),
            stride_x: Int64(windows.x.stride), taps: Int64(dy.count), dy: UnsafePointer(structures.store(dy)), dx: UnsafePointer(structures.store(dx)))
    }

    // MARK: Convolutions

    /// A product of image windows with weights, divided into parts that skip the padding where that is faster.
    /// - Parameter weights: the right operand restricted to some taps
    private func products(
        _ image: WindowedImage, _ data: UnsafeMutablePointer<Float>, _ windows: ConvolutionWindows, columns: Int, into output: FidOutput,
        weights: (_ taps: [Int]) -> FidOperand
    ) -> [FidProduct] {
        func product(_ y: ConvolutionWindows.Axis.Part, _ x: ConvolutionWindows.Axis.Part) -> FidProduct {
            let taps = windows.taps(y.distances, x.distances)
            var place = unsafe output
            unsafe place.data += y.positions.lowerBound * Int(output.y_stride) + x.positions.lowerBound * Int(output.x_stride)
            unsafe (place.grid_height, place.grid_width) = (Int64(y.positions.count), Int64(x.positions.count))
            return unsafe FidProduct(
                m: Int64(image.images * y.positions.count * x.positions.count), n: Int64(columns), k: Int64(taps.count * image.channels),
                a: operand(FID_PATCH_ROWS, data, patches(image, windows, y, x)), b: weights(taps), c: place, whole: nil, finite: nil, chunk_ends: nil)
        }
        func part(_ y: ConvolutionWindows.Axis.Part, _ x: ConvolutionWindows.Axis.Part) -> FidProduct {
            var part = unsafe product(y, x)
            let (wholeY, wholeX) = (windows.y.whole.distances, windows.x.whole.distances)
            if y.distances == wholeY && x.distances == wholeX { return unsafe part }
            let taps = windows.taps(y.distances, x.distances)
            let ends = ConvolutionWindows.chunkEnds(taps: taps, channels: image.channels, chunk: Int(FID_PRODUCT_CHUNK)).map(Int64.init)
            unsafe part.chunk_ends = UnsafePointer(structures.store(ends))
            unsafe part.whole = UnsafePointer(structures.store([
                product(.init(positions: y.positions, distances: wholeY), .init(positions: x.positions, distances: wholeX))
            ]))
            unsafe part.finite = UnsafePointer(finite)
            return unsafe part
        }
        let whole = unsafe product(windows.y.whole, windows.x.whole)
        // With few channels, several taps are packed together: dividing the windows would cost more than the padding.
        guard image.channels >= 16 else { return unsafe [whole] }
        let finite = unsafe structures.store([false])
        let parts = unsafe windows.y.parts.flatMap { y in unsafe windows.x.parts.map { unsafe part(y, $0) } }
        let worth = unsafe parts.reduce(0) { unsafe $0 + cost($1) } < 0.98 * cost(whole)
        return unsafe worth ? parts : [whole]
    }

    private func convolution(
        _ g: ConvolutionGeometry, _ images: Int, _ inChannels: Int, _ outChannels: Int,
        _ input: UnsafeMutablePointer<Float>, _ weight: UnsafeMutablePointer<Float>, _ result: UnsafeMutablePointer<Float>
    ) -> [FidProduct] {
        let output = unsafe FidOutput(
            data: result, stride: Int64(outChannels), grid_height: Int64(g.outputHeight), grid_width: Int64(g.outputWidth),
            image_stride: Int64(g.outputHeight * g.outputWidth * outChannels), y_stride: Int64(g.outputWidth * outChannels),
            x_stride: Int64(outChannels))
        let taps = g.kernelHeight * g.kernelWidth
        return unsafe products(
            WindowedImage(images: images, height: g.inputHeight, width: g.inputWidth, channels: inChannels), input, ConvolutionWindows(g),
            columns: outChannels, into: output
        ) { chosen in
            if chosen.count == taps { return unsafe operand(FID_ROWS, weight, stride: taps * inChannels) }
            // Each output channel's kernel is treated as an image of which some pixels are selected.
            let dy = chosen.map { Int32($0 / g.kernelWidth) }, dx = chosen.map { Int32($0 % g.kernelWidth) }
            return unsafe operand(FID_PATCH_ROWS, weight, FidPatches(
                images: Int64(outChannels), height: Int64(g.kernelHeight), width: Int64(g.kernelWidth), channels: Int64(inChannels), grid_height: 1,
                grid_width: 1, stride_y: 1, stride_x: 1, taps: Int64(chosen.count), dy: UnsafePointer(structures.store(dy)),
                dx: UnsafePointer(structures.store(dx))))
        }
    }

    /// One axis of one phase of an input gradient. Input position i = index * stride + start meets the kernel positions k for which
    /// i + pad - k is divisible by the stride; each is a tap at gradient position index + distance.
    private func phaseAxis(
        _ phase: Int, stride: Int, pad: Int, kernel: Int, input: Int, output: Int
    ) -> (start: Int, kernel: [Int], axis: ConvolutionWindows.Axis) {
        let start = ((phase - pad) % stride + stride) % stride
        let count = start < input ? (input - start + stride - 1) / stride : 0
        let positions = Array(Swift.stride(from: phase, to: kernel, by: stride))
        let distances = positions.map { (start + pad - $0) / stride }
        return (start, positions, ConvolutionWindows.Axis(count: count, stride: 1, distances: distances, extent: output))
    }

    /// The phase of input pixels with (row + padTop) mod stride = phaseY and (column + padLeft) mod stride = phaseX: a convolution of stride 1 over the gradient.
    private func inputGradientPhase(
        _ g: ConvolutionGeometry, _ phaseY: Int, _ phaseX: Int, _ images: Int, _ inChannels: Int, _ outChannels: Int,
        _ gradient: UnsafeMutablePointer<Float>, _ weight: UnsafeMutablePointer<Float>, _ result: UnsafeMutablePointer<Float>
    ) -> [FidProduct] {
        let y = phaseAxis(phaseY, stride: g.strideY, pad: g.padTop, kernel: g.kernelHeight, input: g.inputHeight, output: g.outputHeight)
        let x = phaseAxis(phaseX, stride: g.strideX, pad: g.padLeft, kernel: g.kernelWidth, input: g.inputWidth, output: g.outputWidth)
        guard y.axis.count > 0, x.axis.count > 0 else { return unsafe [] }
        let start = (y.start * g.inputWidth + x.start) * inChannels
        let output = unsafe FidOutput(
            data: result + start, stride: 0, grid_height: Int64(y.axis.count), grid_width: Int64(x.axis.count),
            image_stride: Int64(g.inputHeight * g.inputWidth * inChannels), y_stride: Int64(g.strideY * g.inputWidth * inChannels),
            x_stride: Int64(g.strideX * inChannels))
        return unsafe products(
            WindowedImage(images: images, height: g.outputHeight, width: g.outputWidth, channels: outChannels), gradient,
            ConvolutionWindows(y: y.axis, x: x.axis), columns: inChannels, into: output
        ) { taps in
            let offsets = taps.map { tap in
                Int64((y.kernel[tap / x.kernel.count] * g.kernelWidth + x.kernel[tap % x.kernel.count]) * inChannels)
            }
            return unsafe FidOperand(
                layout: FID_TAP_COLUMNS, data: UnsafePointer(weight), stride: Int64(g.kernelHeight * g.kernelWidth * inChannels), patches: nil,
                tap_offset: UnsafePointer(structures.store(offsets)), tap_channels: Int64(outChannels))
        }
    }
}
