/// A part of a graph whose values gradients compute again rather than keep.
struct Segment {
    let inputs: [Tensor]
    /// The nodes that the rest of the graph reads, in order of construction.
    let outputs: [Int]
    let body: ([Tensor]) -> [Tensor]
}

extension Graph {
    /// A segment whose values are not kept for gradients: `gradients` builds it again from its inputs where the gradient of its outputs arrives. A plan then holds the
    /// inputs between the two, and the values within only while it works on the segment.
    ///
    /// The recomputation repeats the same operations on the stored inputs, and gradients add up in the same order, so every value has the bits that it has without
    /// checkpointing. Computing the inputs back from the outputs, as an invertible layer could, would save the inputs as well, but an inverse is exact only up to rounding.
    /// - Parameters:
    ///   - inputs: every tensor that the body reads, except parameters and what depends on parameters alone
    ///   - body: builds the outputs from stand-ins for the inputs; it is called again for each gradient, and must build the same operations each time
    /// - Cost: one more computation of the segment for each gradient. - Source: Chen et al. 2016, "Training deep nets with sublinear memory cost"
    public func checkpointed(_ inputs: [Tensor], _ body: @escaping ([Tensor]) -> [Tensor]) -> [Tensor] {
        let results = body(inputs), index = segments.count
        let outputs = results.enumerated().map { output, result in
            addView(.checkpoint(segment: index, output: output), of: result.id, result.shape) { $0 }
        }
        segments.append(Segment(inputs: inputs, outputs: outputs.map(\.id), body: body))
        return outputs
    }

    /// Builds a segment again. - Returns: its outputs
    func recomputed(_ segment: Segment) -> [Tensor] {
        recomputations += 1
        let number = recomputations
        return segment.body(segment.inputs.map { addView(.recalled(number), of: $0.id, $0.shape) { $0 } })
    }
}
