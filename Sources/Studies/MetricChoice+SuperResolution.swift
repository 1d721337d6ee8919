/// Metrics of images that were generated for low-resolution images: fidelity to the true images, consistency with the low-resolution ones, and diversity. Beside the score
/// of the model, fidelity and consistency report that of bicubic enlargement on the same images, which needs no model.
extension MetricChoice {
    static let superResolution = [
        compared("psnr", "Peak signal-to-noise ratio (PSNR), RGB", label: "PSNR", unit: "dB"),
        compared("psnr_y", "Peak signal-to-noise ratio (PSNR), luma", label: "PSNR, Y", unit: "dB"),
        compared("ssim", "Structural similarity (SSIM), Gaussian 11 x 11", label: "SSIM"),
        compared("ssim_uniform", "Structural similarity (SSIM), uniform 7 x 7", label: "SSIM, 7 x 7"),
        compared("lr_psnr", "PSNR of the reduced images against the low-resolution images (LR-PSNR)", label: "LR-PSNR", unit: "dB"),
        MetricChoice(
            name: "diversity", title: "Diversity of the samples for one low-resolution image",
            values: [
                more("diversity", "Diversity: standard deviation of a pixel over samples", label: "Diversity", unit: "levels"),
                less("diversity_error", "Diversity, standard error", label: "Diversity, se", unit: "levels", digits: 3),
                more("ntire_diversity", "Diversity score of NTIRE 2021, over squared errors of pixels", label: "Diversity score"),
            ], needs: .lowResolution, isCostly: true),
        MetricChoice(
            name: "lpips", title: "Learned perceptual image patch similarity (LPIPS)",
            values: [
                less("lpips", "Learned perceptual image patch similarity (LPIPS)", label: "LPIPS"), less("lpips_error", "LPIPS, standard error", label: "LPIPS, se", digits: 3),
                less("lpips_bicubic", "LPIPS of bicubic enlargement", label: "LPIPS, bicubic"),
            ], needs: .perceptual, isCostly: true),
        MetricChoice(
            name: "restoration", title: "Restoration of images with noise by latent normalization",
            values: normalizations.map { more("restoration_\($0.name)", "PSNR of restored images, latents \($0.title)", label: "Restored, \($0.label)", unit: "dB") }
                + [more("restoration_degraded", "PSNR of the images with noise", label: "With noise", unit: "dB")]
                + normalizations.map { less("latent_deviation_\($0.name)", "Standard deviation of latents \($0.title)", label: "Latents, \($0.label)", digits: 3) },
            needs: .lowResolution, isCostly: true, objective: "restoration_spatial"),
    ]

    /// How latents are normalized: the ends of names of values, and words.
    public static let normalizations = [
        (name: "none", title: "as encoded", label: "as encoded"), (name: "global", title: "normalized by level", label: "by level"),
        (name: "local", title: "normalized by pixel", label: "by pixel"), (name: "spatial", title: "normalized by channel", label: "by channel"),
    ]

    private static func compared(_ name: String, _ title: String, label: String, unit: String? = nil) -> MetricChoice {
        MetricChoice(
            name: name, title: title,
            values: [
                more(name, title, label: label, unit: unit), less("\(name)_error", "\(label), standard error", label: "\(label), se", unit: unit, digits: 3),
                more("\(name)_bicubic", "\(label) of bicubic enlargement", label: "\(label), bicubic", unit: unit),
            ], needs: .lowResolution, isCostly: false)
    }
}
