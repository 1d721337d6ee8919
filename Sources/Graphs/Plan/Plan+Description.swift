extension Plan: CustomStringConvertible {
    /// The plan in readable form: one line per kernel with the memory that it reads and writes. `digest` is taken over this text.
    public var description: String {
        var lines = ["plan: \(kernels.count) kernels, \(arenaCount) floats of scratch, \(parameters.count) parameters, \(updated.count) updated"]
        for (index, kernel) in kernels.enumerated() { lines.append("\(index): \(describe(kernel))") }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Name of a buffer: parameters, inputs, and outputs by name, scratch memory by offset, constants by value.
    private func name(_ buffer: Int) -> String {
        switch buffers[buffer].storage {
        case .arena(let offset): "@\(offset)"
        case .parameter(let name): "parameter \(name)"
        case .input(let name): "input \(name)"
        case .output(let name): "output \(name)"
        case .constants(let offset): buffers[buffer].count == 1 ? "\(constants[offset])" : "table[\(buffers[buffer].count)]"
        }
    }

    private func name(_ place: Place) -> String { place.offset == 0 ? name(place.buffer) : "\(name(place.buffer))+\(place.offset)" }

    func describe(_ kernel: Kernel) -> String {
        switch kernel {
        case .product(let product):
            "\(product.formDescription): \(name(product.a)), \(name(product.b)) -> \(name(product.result))"
        case .random(let source, let buffer, let count):
            "random \(source.distribution) from stream \(source.stream) x \(count) -> \(name(buffer))"
        case .gatherRows(let table, let indices, let result, let rows, let width, let count):
            "gather \(rows) rows of \(width) out of \(count): \(name(table)) by \(name(indices)) -> \(name(result))"
        case .scatterRows(let values, let indices, let result, let rows, let width, let count):
            "scatter \(rows) rows of \(width) into \(count): \(name(values)) by \(name(indices)) -> \(name(result))"
        case .matrix(let function, let matrix, let result, let size):
            "\(function.rawValue) of \(size)x\(size): \(name(matrix)) -> \(name(result))"
        case .elementwise(let kernel): describe(kernel)
        case .adam(let kernel): describe(kernel)
        }
    }

    /// Prints sources, hoisted steps ("once"), and per-element steps ("each"), then reductions and stores. Steps in brackets form a segment: `_` is
    /// the value of the preceding step, and a value that only the next step reads has no name.
    private func describe(_ kernel: ElementwiseKernel) -> String {
        func access(_ buffer: Int, _ repeated: RepeatedView) -> String {
            if repeated.isWhole(kernel.count), repeated.view.offset == 0 { return name(buffer) }
            let view = repeated.view
            return name(Place(buffer: buffer, offset: view.offset)) + (view.extents == [1] ? "" : " \(view.extents)*\(view.strides)")
        }
        func step(_ step: ElementwiseKernel.Step) -> String {
            let operands = step.operands.enumerated().map { $0 == 0 && step.continues ? "_" : "r\($1)" }.joined(separator: ", ")
            return (step.isKept ? "r\(step.destination) = " : "") + "\(step.function.name)(\(operands));"
        }
        var parts = ["elementwise x \(kernel.count)"]
        if !kernel.folds.isEmpty { parts.append("as [\(kernel.outer),\(kernel.rows),\(kernel.inner)]") }
        parts.append("{")
        parts += kernel.sources.enumerated().map { "r\($0) = \(access($1.buffer, $1.view));" }
        if !kernel.once.isEmpty { parts.append("once: " + kernel.once.map(step).joined(separator: " ")) }
        if !kernel.segments.isEmpty { parts.append("each: " + kernel.segments.map(segment).joined(separator: " ")) }
        func segment(_ steps: [ElementwiseKernel.Step]) -> String {
            let text = steps.map(step).joined(separator: " ")
            return steps.count > 1 ? "[\(text)]" : text
        }
        parts += kernel.folds.map { "\(name($0.result)) = \($0.kind.rawValue)(r\($0.slot));" }
        parts += kernel.sinks.map { "\(access($0.buffer, $0.view)) = r\($0.slot);" }
        return parts.joined(separator: " ") + " }"
    }

    private func describe(_ kernel: AdamKernel) -> String {
        let updates = kernel.updates.map { update in
            var numbers = [("rate", update.rate), ("beta1", update.beta1)]
            if let share = update.share1 { numbers.append(("share1", share)) }
            numbers += [("beta2", update.beta2), ("share2", update.share2), ("epsilon", update.epsilon)]
            if let low = update.low, let high = update.high { numbers += [("low", low), ("high", high)] }
            func names(_ places: [Place]) -> String { places.map(name).joined(separator: ", ") }
            return "\(names([update.parameter, update.m, update.v])) by \(name(update.gradient)) with "
                + numbers.map { "\($0) \(name($1))" }.joined(separator: ", ") + " -> \(names(update.written));"
        }
        return "adam x \(kernel.count) { " + updates.joined(separator: " ") + " }"
    }
}
