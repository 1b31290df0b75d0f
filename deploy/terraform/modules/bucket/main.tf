# The bucket with the history, where it is ours, and the queue that tells of new objects in it.
locals {
  arn = "arn:aws:s3:::${var.bucket}"
}

resource "aws_s3_bucket" "history" {
  count  = var.create ? 1 : 0
  bucket = var.bucket
}

resource "aws_s3_bucket_ownership_controls" "history" {
  count  = var.create ? 1 : 0
  bucket = aws_s3_bucket.history[0].id
  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_public_access_block" "history" {
  count                   = var.create ? 1 : 0
  bucket                  = aws_s3_bucket.history[0].id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_versioning" "history" {
  count  = var.create ? 1 : 0
  bucket = aws_s3_bucket.history[0].id
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "history" {
  count  = var.create ? 1 : 0
  bucket = aws_s3_bucket.history[0].id
  rule {
    bucket_key_enabled = true
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = var.key_arn
    }
  }
}

# An object that was overwritten stays for so long that a mistake is noticed.
resource "aws_s3_bucket_lifecycle_configuration" "history" {
  count  = var.create ? 1 : 0
  bucket = aws_s3_bucket.history[0].id
  rule {
    id     = "old-versions"
    status = "Enabled"
    filter {}
    noncurrent_version_expiration {
      noncurrent_days = 365
    }
    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }
  depends_on = [aws_s3_bucket_versioning.history]
}

data "aws_iam_policy_document" "tls_only" {
  count = var.create ? 1 : 0
  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [local.arn, "${local.arn}/*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_s3_bucket_policy" "tls_only" {
  count      = var.create ? 1 : 0
  bucket     = aws_s3_bucket.history[0].id
  policy     = data.aws_iam_policy_document.tls_only[0].json
  depends_on = [aws_s3_bucket_public_access_block.history]
}
