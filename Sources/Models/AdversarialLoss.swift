import Graphs

/// The losses of a discriminator and a generator, both minimised, from the scores of images: logits a(x), or BEGAN's L(x). Averages are over the batch.
protocol AdversarialLoss {
    /// - Parameter state: the loss's own variables, with their values from before the step.
    /// - Shapes: real, generated [batch] -> scalar
    func discriminatorLoss(real: Tensor, generated: Tensor, state: ParameterSet) -> Tensor

    /// - Shapes: generated [batch] -> scalar
    func generatorLoss(generated: Tensor) -> Tensor

    /// Registers the state's new values at the end of a step.
    /// - Parameter scores: of the step's images by the updated networks.
    /// - Returns: further metrics.
    func move(_ state: ParameterSet, scores: () -> (real: Tensor, generated: Tensor)) -> [(String, Tensor)]
}

/// A loss that is a function of the scores alone.
protocol StatelessLoss: AdversarialLoss {
    func discriminatorLoss(real: Tensor, generated: Tensor) -> Tensor
}

extension StatelessLoss {
    func discriminatorLoss(real: Tensor, generated: Tensor, state: ParameterSet) -> Tensor { discriminatorLoss(real: real, generated: generated) }

    func move(_ state: ParameterSet, scores: () -> (real: Tensor, generated: Tensor)) -> [(String, Tensor)] { [] }
}
