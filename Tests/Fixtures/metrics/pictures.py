"""Values of PSNR, SSIM and diversity for two made-up pictures, printed for Tests/MetricsTests/PictureMetricTests.swift. Needs numpy and scikit-image."""
import numpy as np
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

y, x, c = np.meshgrid(range(20), range(17), range(3), indexing="ij")
truth = (40 + (7 * y * y + 13 * x + 29 * c + 3 * x * y) % 176).astype(np.uint8)
picture = (truth + (y * 5 + x * 11 + c * 17) % 23 - 11).astype(np.uint8)


def ssim(a, b, **window):
    return structural_similarity(a, b, data_range=255, channel_axis=2, **window)


def luma(a):
    return 16 + a.astype(float) @ np.array([65.481, 128.553, 24.966]) / 255


gaussian = dict(gaussian_weights=True, sigma=1.5, use_sample_covariance=False)
print("psnr", peak_signal_noise_ratio(truth, picture, data_range=255))
print("psnr, border 4", peak_signal_noise_ratio(truth[4:-4, 4:-4], picture[4:-4, 4:-4], data_range=255))
print("psnr of luma", peak_signal_noise_ratio(luma(truth), luma(picture), data_range=255))
print("ssim, gaussian", ssim(truth, picture, **gaussian))
print("ssim, uniform", ssim(truth, picture))
print("ssim, gaussian, border 2", ssim(truth[2:-2, 2:-2], picture[2:-2, 2:-2], **gaussian))
samples = np.stack([((picture.astype(int) * (k + 1) + 31 * k) % 200).astype(np.float32) / np.float32(255) for k in range(4)])
print("deviation", 255 * samples.astype(float).std(axis=0, ddof=1).mean())
errors = ((samples.astype(float) - (truth.astype(np.float32) / np.float32(255)).astype(float)) ** 2).mean(axis=3)
best = errors.mean(axis=(1, 2)).min()
print("score", 100 * (best - errors.min(axis=0).mean()) / best)
