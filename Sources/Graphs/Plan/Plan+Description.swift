extension Plan: CustomStringConvertible {
    /// The plan as a person reads it: one line a kernel, with the memory it reads and writes.
    public var description: String {
        var lines = ["plan: \(kernels.count) kernels, \(arenaCount) floats of scratch, \(parameters.count) parameters, \(updated.count) updated"]
        for (index, kernel) in kernels.enumerated() { lines.append("\(index): \(describe(kernel))") }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Name of a buffer: parameters, inputs and outputs by name, scratch by offset, constants by value.
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
        case .elementwise(let kernel): describe(kernel)
        }
    }

    private func describe(_ kernel: ElementwiseKernel) -> String {
        func access(_ access: ElementwiseKernel.Access) -> String {
            let view = access.view
            let layout = view.extents.count == 1 && view.strides[0] == 1 && view.offset == 0 ? "" : " \(view.extents)*\(view.strides)+\(view.offset)"
            return name(access.buffer) + layout
        }
        var parts = ["elementwise x \(kernel.count)"]
        if !kernel.folds.isEmpty { parts.append("as [\(kernel.outer),\(kernel.rows),\(kernel.inner)]") }
        parts.append("{")
        parts += kernel.sources.map { "r\($0.register) = \(access($0));" }
        parts += kernel.instructions.map { "r\($0.destination) = \($0.function.rawValue)(\($0.operands.map { "r\($0)" }.joined(separator: ", ")));" }
        parts += kernel.folds.map { "\(name($0.result)) = \($0.kind.rawValue)(r\($0.register));" }
        parts += kernel.sinks.map { "\(access($0)) = r\($0.register);" }
        return parts.joined(separator: " ") + " }"
    }
}
