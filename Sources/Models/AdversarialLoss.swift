import Tensors

/// The losses of a discriminator and a generator, both minimised, from logits a(x). Averages are over the batch.
protocol AdversarialLoss {
    /// - Shapes: real, generated [batch] -> scalar
    func discriminatorLoss(real: Tensor, generated: Tensor) -> Tensor
    func generatorLoss(generated: Tensor) -> Tensor
}

/// The non-saturating GAN. - Source: Goodfellow et al. 2014, section 3; Lucic et al. 2018, table 1.
struct NonSaturatingLoss: AdversarialLoss {
    /// -E log D(x) - E log(1 - D(x_g)), with D = sigmoid(a): softplus(-a) and softplus(a).
    func discriminatorLoss(real: Tensor, generated: Tensor) -> Tensor { (-real).softplus().mean() + generated.softplus().mean() }

    /// -E log D(x_g).
    func generatorLoss(generated: Tensor) -> Tensor { (-generated).softplus().mean() }
}

/// The Wasserstein GAN. - Source: Arjovsky et al. 2017, algorithm 1, with the sign of a minimised critic loss.
struct WassersteinLoss: AdversarialLoss {
    /// -E a(x) + E a(x_g).
    func discriminatorLoss(real: Tensor, generated: Tensor) -> Tensor { generated.mean() - real.mean() }

    /// -E a(x_g).
    func generatorLoss(generated: Tensor) -> Tensor { -generated.mean() }
}
