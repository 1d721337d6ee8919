import Graphs

/// The losses of a discriminator and a generator, both minimized, as functions of the scores of images: logits a(x), or BEGAN's reconstruction errors L(x). Means are over the batch.
protocol AdversarialLoss {
    /// - Parameter state: the loss's own variables, with their values before the step
    /// - Shapes: real, generated [batch] -> scalar
    func discriminatorLoss(real: Tensor, generated: Tensor, state: ParameterSet) -> Tensor

    /// The generator's loss.
    /// - Shapes: generated [batch] -> scalar
    func generatorLoss(generated: Tensor) -> Tensor

    /// Registers the new values of the state at the end of a step.
    /// - Parameter scores: the scores of the step's images under the updated networks
    /// - Returns: further metrics
    func move(_ state: ParameterSet, scores: () -> (real: Tensor, generated: Tensor)) -> [(String, Tensor)]
}

/// A loss without state: a function of the scores alone.
protocol StatelessLoss: AdversarialLoss {
    func discriminatorLoss(real: Tensor, generated: Tensor) -> Tensor
}

extension StatelessLoss {
    func discriminatorLoss(real: Tensor, generated: Tensor, state: ParameterSet) -> Tensor { discriminatorLoss(real: real, generated: generated) }

    func move(_ state: ParameterSet, scores: () -> (real: Tensor, generated: Tensor)) -> [(String, Tensor)] { [] }
}
