/// How a tensor that owns no memory (a reshape, broadcast, permutation, or slice) addresses the memory of its base.
package struct View: Hashable, Sendable {
    /// Index of the first element.
    package var offset: Int
    /// Extents, outermost axis first.
    package var extents: [Int]
    /// Strides in elements; 0 repeats an axis.
    package var strides: [Int]

    init(offset: Int, extents: [Int], strides: [Int]) {
        self.offset = offset
        self.extents = extents
        self.strides = strides
    }

    init(contiguous shape: Shape) {
        self.init(offset: 0, extents: shape.extents, strides: shape.contiguousStrides)
    }

    /// Whether the elements are contiguous, starting at the offset.
    package var isDense: Bool {
        var step = 1
        for axis in extents.indices.reversed() where extents[axis] != 1 {
            guard strides[axis] == step else { return false }
            step *= extents[axis]
        }
        return true
    }

    /// The view with adjacent axes merged where strides allow and unit axes dropped; kernels loop over this form.
    package var merged: View {
        var mergedExtents: [Int] = []
        var mergedStrides: [Int] = []
        for (extent, stride) in zip(extents, strides) where extent != 1 {
            if let lastExtent = mergedExtents.last, let lastStride = mergedStrides.last, lastStride == stride * extent {
                mergedExtents[mergedExtents.count - 1] = lastExtent * extent
                mergedStrides[mergedStrides.count - 1] = stride
            } else {
                mergedExtents.append(extent)
                mergedStrides.append(stride)
            }
        }
        if mergedExtents.isEmpty { return View(offset: offset, extents: [1], strides: [0]) }
        return View(offset: offset, extents: mergedExtents, strides: mergedStrides)
    }

    /// The same elements in the same order under another shape, or nil if strides cannot express it.
    ///
    func reshaped(to shape: Shape) -> View? {
        if shape.count == 0 { return View(offset: offset, extents: shape.extents, strides: shape.contiguousStrides) }
        let source = merged
        var strides = [Int](repeating: 0, count: shape.rank)
        var sourceAxis = source.extents.count - 1
        var remaining = source.extents[sourceAxis]
        var stride = source.strides[sourceAxis]
        for axis in shape.extents.indices.reversed() {
            let extent = shape.extents[axis]
            if extent == 1 { continue }
            if remaining == 1 {
                sourceAxis -= 1
                guard sourceAxis >= 0 else { return nil }
                remaining = source.extents[sourceAxis]
                stride = source.strides[sourceAxis]
            }
            guard remaining % extent == 0 else { return nil }
            strides[axis] = stride
            stride *= extent
            remaining /= extent
        }
        return View(offset: offset, extents: shape.extents, strides: strides)
    }
}
