extension Schema {
    /// A picture that was uploaded, as PNG: the digest is that of the file.
    static let upload = Schema.named("Upload", .object(["digest": .digest, "width": .count, "height": .count, "channels": .count]))

    /// A PNG or JPEG file in Base64.
    static let uploadRequest = Schema.named("UploadRequest", .closed(["picture": .text(4...API.mostOfUpload, pattern: nil)], optional: [:]))

    /// Pictures of one image under a checkpoint, of a split or uploaded. `temperature` is null for a model that has none.
    static let superResolution = Schema.named(
        "SuperResolution",
        .object([
            "checkpoint": .digest, "model": .string, "step": .count, "dataset": .string, "split": .nullable(.string), "images": .nullable(.count),
            "index": .nullable(.count), "upload": .nullable(.digest), "scale": .count,
            "temperature": .nullable(.real), "pictures": .array(superResolutionPicture),
        ]))

    /// `png` is the file in Base64, `digest` its SHA-256. PSNR in dB; `mean` and `largest` of maps in 8-bit levels, of which `white` are drawn white.
    static let superResolutionPicture = Schema.named(
        "SuperResolutionPicture",
        .object([
            "picture": .string, "width": .count, "height": .count, "digest": .digest, "png": .string, "finite": .boolean, "white": .nullable(.count),
            "psnr": .nullable(.real), "lr_psnr": .nullable(.real), "mean": .nullable(.real), "largest": .nullable(.real), "latents": .array(latentMoments),
        ]))

    /// Mean and standard deviation of an image's latents at one level, as encoded and as decoded.
    static let latentMoments = Schema.named(
        "LatentMoments",
        .object([
            "height": .count, "width": .count, "channels": .count, "mean": .nullable(.real), "deviation": .nullable(.real), "normalized_mean": .nullable(.real),
            "normalized_deviation": .nullable(.real),
        ]))
}
