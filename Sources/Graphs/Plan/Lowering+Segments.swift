extension Lowering {
    /// Data flow between the steps in their current order.
    struct Flow {
        /// For each step and operand, the step that produces it; nil for a source or a hoisted value.
        var makers: [[Int?]] = []
        /// For each step, the number of operands, sinks, and reductions that read its value.
        var readers: [Int]

        init(_ lowering: Lowering) {
            let steps = lowering.steps
            var last: [Int: Int] = [:]  // the last step that wrote each slot
            readers = [Int](repeating: 0, count: steps.count)
            for (index, step) in steps.enumerated() {
                makers.append(step.operands.map { last[$0] })
                for case let maker? in makers[index] { readers[maker] += 1 }
                last[step.destination] = index
            }
            for slot in lowering.storedSlots + lowering.foldedSlots {
                if let maker = last[slot] { readers[maker] += 1 }
            }
        }
    }

    // MARK: Rectifiers

    /// Replaces select(sign > bound, value, value * slope) by one step where nothing else reads the comparison and the product.
    mutating func rectify() {
        let flow = Flow(self)
        var leftOut: Set<Int> = []
        for index in steps.indices {
            guard let (step, parts) = rectifier(index, flow) else { continue }
            steps[index] = step
            leftOut.formUnion(parts)
        }
        steps = steps.indices.filter { !leftOut.contains($0) }.map { steps[$0] }
    }

    /// The rectifier that ends at step `index`, and the two other steps that it replaces.
    private func rectifier(_ index: Int, _ flow: Flow) -> (Step, parts: [Int])? {
        let select = steps[index]
        guard select.function == .function(.select), let test = single(.greater, flow.makers[index][0], flow),
            let scaled = single(.multiply, flow.makers[index][2], flow)
        else { return nil }
        let value = select.operands[1], sign = steps[test].operands[0]
        // Both branches use the same value, and the slot of the sign has not been overwritten.
        guard steps[scaled].operands[0] == value, flow.makers[scaled][0] == flow.makers[index][1],
            !(test + 1..<index).contains(where: { $0 != scaled && steps[$0].destination == sign })
        else { return nil }
        let (bound, slope) = (steps[test].operands[1], steps[scaled].operands[1])
        let isItself = sign == value && flow.makers[test][0] == flow.makers[index][1]
        let step = isItself
            ? Step(function: .rectifySelf, destination: select.destination, operands: [value, bound, slope])
            : Step(function: .rectify, destination: select.destination, operands: [value, sign, bound, slope])
        return (step, [test, scaled])
    }

    /// A step of this function with a single reader and a constant second operand.
    private func single(_ function: ElementwiseFunction, _ step: Int?, _ flow: Flow) -> Int? {
        guard let step, steps[step].function == .function(function), flow.readers[step] == 1, isConstant(slot: steps[step].operands[1]) else { return nil }
        return step
    }

    // MARK: Segments

    /// Groups the steps into segments: adjacent light steps form one, every other step is its own.
    func joined() -> [[Step]] {
        let flow = Flow(self)
        var segments: [[Step]] = []
        for (index, step) in steps.enumerated() {
            guard step.function.isLight, let last = segments.last?.indices.last, steps[index - 1].function.isLight else {
                segments.append([step])
                continue
            }
            let next = taking(step, after: index - 1, flow.makers[index])
            segments[segments.count - 1][last].isKept = !next.continues || flow.readers[index - 1] > 1
            segments[segments.count - 1].append(next)
        }
        return segments
    }

    /// The step rewritten to take its first operand from the preceding step, if that is one of its operands.
    private func taking(_ step: Step, after before: Int, _ makers: [Int?]) -> Step {
        var step = step
        if makers[0] == before {
            step.continues = true
        } else if makers.count == 2, makers[1] == before, let exchanged = step.function.exchanged {
            step.function = exchanged
            step.operands.reverse()
            step.continues = true
        }
        return step
    }
}
