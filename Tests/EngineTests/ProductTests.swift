import CKernels
import Testing

/// Every kernel set must compute exactly the bits of the definition, for all layouts, shapes, and blocks.
@Suite struct ProductTests {
    @Test(arguments: ProductKernels.available)
    func matricesHaveTheBitsOfTheDefinition(kernels: ProductKernels) {
        for (m, n, k) in Self.shapes {
            for a in Self.matrixLayouts(count: m, depth: k) {
                for b in Self.matrixLayouts(count: n, depth: k) {
                    let product = ProductCase(a, b, output: .matrix(stride: n + 3))
                    #expect(product.run(kernels) == product.reference(), "\(a) x \(b)")
                }
            }
        }
    }

    @Test(arguments: ProductKernels.available)
    func convolutionsHaveTheBitsOfTheDefinition(kernels: ProductKernels) {
        for shape in Self.patches {
            let forward = ProductCase(.patchRows(shape), .columns(count: 37, depth: shape.depth, stride: 40))
            #expect(forward.run(kernels) == forward.reference(), "forward \(shape)")
            let weights = ProductCase(.columns(count: 21, depth: shape.pixels, stride: 21), .patchColumns(shape))
            #expect(weights.run(kernels) == weights.reference(), "weights \(shape)")
            let transposed = ProductCase(.patchColumns(shape), .rows(count: 3, depth: shape.pixels, stride: shape.pixels + 1))
            #expect(transposed.run(kernels) == transposed.reference(), "transposed \(shape)")
            let narrow = ProductCase(.patchRows(shape), .rows(count: 2, depth: shape.depth, stride: shape.depth))
            #expect(narrow.run(kernels) == narrow.reference(), "narrow \(shape)")
        }
    }

    /// Few output channels: windows are read in place where runs are long enough, in tiles of every height.
    @Test(arguments: ProductKernels.available)
    func fewOutputsHaveTheBitsOfTheDefinition(kernels: ProductKernels) {
        let others = [
            PatchShape(images: 3, height: 5, width: 7, channels: 54, grid: (5, 7), taps: PatchShape.square(3, first: -1)),
            PatchShape(images: 2, height: 4, width: 3, channels: 17, grid: (4, 3), taps: PatchShape.square(5, first: -2)),
            PatchShape(images: 1, height: 3, width: 3, channels: 300, grid: (3, 3), taps: [(0, 0), (1, -1)]),
        ]
        for shape in Self.patches.filter({ $0.channels >= 12 }) + others {
            for count in [3, 7, 9, 16, 24, 31, 32] {
                let few = ProductCase(.patchRows(shape), .rows(count: count, depth: shape.depth, stride: shape.depth), output: .matrix(stride: count + 1))
                #expect(few.run(kernels) == few.reference(), "\(count) outputs of \(shape)")
            }
            let wild = ProductCase(.patchRows(shape), .columns(count: 16, depth: shape.depth, stride: 16), numbers: { $0.wild() })
            #expect(wild.run(kernels) == wild.reference() && wild.run(kernels, mBlock: 5) == wild.reference(), "extreme numbers, \(shape)")
        }
    }

    /// The input gradient of a strided convolution: phases that are written into a grid.
    @Test(arguments: ProductKernels.available, [1, 3, 50])
    func phasesAreWrittenWhereTheyBelong(kernels: ProductKernels, channels: Int) {
        let shape = PatchShape(images: 2, height: 5, width: 4, channels: 70, grid: (5, 4), taps: [(0, 0), (0, -1), (-1, 0), (-1, -1)])
        let weights = ProductOperand.tapColumns(count: channels, channels: 70, stride: channels + 2, tapOffset: [40_000, 0, 20_000, 60_001])
        let output = ProductOutput.grid(
            height: 5, width: 4, imageStride: 80 * channels, yStride: 16 * channels, xStride: 2 * channels)
        let product = ProductCase(.patchRows(shape), weights, output: output)
        #expect(product.run(kernels) == product.reference())
    }

    @Test(arguments: ProductKernels.available)
    func blocksDoNotMatter(kernels: ProductKernels) {
        let product = ProductCase(.rows(count: 61, depth: 300, stride: 300), .columns(count: 83, depth: 300, stride: 83))
        let whole = product.reference()
        for (mBlock, nBlock) in [(61, 83), (12, 32), (1, 83), (7, 5), (61, 1), (24, 64), (13, 33)] {
            #expect(product.run(kernels, mBlock: mBlock, nBlock: nBlock) == whole, "blocks of \(mBlock) x \(nBlock)")
        }
    }

    /// More rows than are packed together, and more taps than a chunk has channels.
    @Test(arguments: ProductKernels.available)
    func largeOperandsAreCutIntoBlocks(kernels: ProductKernels) {
        let tall = ProductCase(.rows(count: 790, depth: 9, stride: 9), .columns(count: 17, depth: 9, stride: 17))
        #expect(tall.run(kernels) == tall.reference())
        let shape = PatchShape(height: 9, width: 9, channels: 1, grid: (3, 3), taps: PatchShape.square(32, first: -15))
        let manyTaps = ProductCase(.patchRows(shape), .columns(count: 5, depth: 1024, stride: 5))
        #expect(manyTaps.run(kernels) == manyTaps.reference())
    }

    @Test(arguments: ProductKernels.available)
    func extremeNumbersHaveTheBitsOfTheDefinition(kernels: ProductKernels) {
        let a = ProductOperand.rows(count: 33, depth: 270, stride: 270), b = ProductOperand.rows(count: 41, depth: 270, stride: 270)
        let wild = ProductCase(a, b, numbers: { $0.wild() })
        #expect(wild.run(kernels) == wild.reference())
        let short = ProductOperand.rows(count: 33, depth: 3, stride: 3), narrow = ProductOperand.columns(count: 41, depth: 3, stride: 41)
        let any = ProductCase(short, narrow, numbers: { $0.any() })
        let reference = any.reference()
        #expect(any.run(kernels) == reference)
        #expect(reference.contains(0x7fc0_0000) && reference.contains(0x7f80_0000))
    }

    @Test(arguments: ProductKernels.available)
    func emptyReductionGivesZeros(kernels: ProductKernels) {
        let product = ProductCase(.rows(count: 14, depth: 0, stride: 0), .columns(count: 35, depth: 0, stride: 35))
        #expect(product.run(kernels) == [UInt32](repeating: 0, count: 14 * 35))
    }

    @Test func emptyOutputsAreLeftAlone() {
        for kernels in ProductKernels.available {
            let noRows = ProductCase(.rows(count: 0, depth: 5, stride: 5), .columns(count: 4, depth: 5, stride: 4))
            #expect(noRows.run(kernels) == [])
            let noColumns = ProductCase(.rows(count: 4, depth: 5, stride: 5), .columns(count: 0, depth: 5, stride: 0))
            #expect(noColumns.run(kernels) == noColumns.blank)
        }
    }

    @Test func theWidestSetIsChosen() {
        #expect(unsafe fid_best_kernels() == ProductKernels.available.last!.table)
        #expect(unsafe fid_kernels(FID_SCALAR) != nil)
    }

    @Test(arguments: [(1, 60, 6272), (2, 128, 1024), (3, 6272, 64), (8, 3, 5000), (8, 64, 100), (64, 1000, 1000)])
    func proposedBlocksSpreadTheWork(threads: Int, m: Int, n: Int) {
        for kernels in ProductKernels.available {
            let (blocks, tiles) = kernels.proposedBlocks(threads: threads, m: m, n: n, k: 10_000)
            #expect(threads == 1 ? blocks == 1 : blocks >= min(threads, tiles / 2), "\(kernels): \(blocks) blocks of \(tiles) tiles")
        }
    }

    @Test func smallProductsStayWhole() {
        for kernels in ProductKernels.available {
            #expect(kernels.proposedBlocks(threads: 8, m: 1, n: 1, k: 1).blocks == 1)
            #expect(kernels.proposedBlocks(threads: 8, m: 64, n: 1, k: 1024).blocks == 1)
            #expect(kernels.proposedBlocks(threads: 8, m: 0, n: 5, k: 0).blocks == 0)
        }
    }
}

extension ProductKernels {
    /// The number of proposed blocks, and the number of register tiles.
    func proposedBlocks(threads: Int, m: Int, n: Int, k: Int) -> (blocks: Int, tiles: Int) {
        var product = unsafe FidProduct()
        unsafe product.m = Int64(m)
        unsafe product.n = Int64(n)
        unsafe product.k = Int64(k)
        var mBlock: Int64 = 0, nBlock: Int64 = 0
        unsafe fid_product_blocks(table, &product, Int32(threads), &mBlock, &nBlock)
        func count(_ extent: Int, by step: Int64) -> Int { (extent + Int(step) - 1) / Int(step) }
        let tiles = unsafe count(m, by: table.pointee.product_m_step) * count(n, by: table.pointee.product_n_step)
        return (count(m, by: mBlock) * count(n, by: nBlock), tiles)
    }
}

extension ProductTests {
    /// Rows, columns, and k around the edges of tiles, vectors, and chunks.
    static let shapes = [
        (1, 1, 1), (1, 33, 5), (33, 1, 7), (2, 2, 256), (5, 16, 257), (11, 31, 3), (12, 32, 4), (13, 33, 30), (25, 49, 255),
        (6, 64, 513), (64, 3, 40), (3, 90, 12), (37, 8, 64), (40, 17, 300),
        // Too narrow for packing to pay, and outer products.
        (1, 150, 261), (150, 1, 261), (2, 85, 270), (51, 3, 259), (4, 70, 258), (37, 45, 1), (1, 40, 1), (40, 1, 1),
    ]

    static func matrixLayouts(count: Int, depth: Int) -> [ProductOperand] {
        [.rows(count: count, depth: depth, stride: depth + 2), .columns(count: count, depth: depth, stride: count + 1)]
    }

    /// Channels, taps, and strides that do not divide the extents; windows that overlap every edge or lie entirely outside.
    static let patches = [
        PatchShape(images: 2, height: 7, width: 6, channels: 1, grid: (4, 3), stride: (2, 2), taps: PatchShape.square(4, first: -1)),
        PatchShape(images: 3, height: 5, width: 5, channels: 3, grid: (5, 5), taps: PatchShape.square(3, first: -1)),
        PatchShape(images: 2, height: 4, width: 4, channels: 64, grid: (2, 2), stride: (2, 2), taps: PatchShape.square(4, first: -1)),
        PatchShape(images: 1, height: 6, width: 3, channels: 100, grid: (6, 3), stride: (1, 3), taps: [(0, 0), (-9, 2), (1, 9), (2, -3)]),
        PatchShape(images: 3, height: 6, width: 8, channels: 3, grid: (3, 4), stride: (2, 2), taps: PatchShape.square(4, first: -1)),
        PatchShape(images: 2, height: 9, width: 5, channels: 2, grid: (9, 5), taps: PatchShape.square(5, first: -2)),
        PatchShape(images: 2, height: 3, width: 4, channels: 4, grid: (4, 7), taps: [(0, -7), (0, -6), (0, -5), (-2, 3), (-2, 4), (1, 9), (1, 10)]),
        PatchShape(images: 11, height: 6, width: 6, channels: 5, grid: (5, 5), taps: [(0, 0), (1, 1)]),
        PatchShape(images: 1, height: 1, width: 1, channels: 32, grid: (2, 9), stride: (1, 1), taps: [(0, -3), (-1, -8)]),
    ]
}
