/** Cases in which another server is known not to do what S3 does, and why the case stands nevertheless. */
export interface Difference {
  cases: RegExp;
  reason: string;
}

const OWN_LIMITS: Difference = {
  cases: /^(says that it does not have|refuses a form that (asks|wants|has an ACL))/,
  reason: 'S3 has these; the embedded server says that it does not, and another server may have them.',
};

export const S3_DIFFERENCES: Readonly<Record<string, readonly Difference[]>> = {
  moto: [
    OWN_LIMITS,
    {
      cases: /^refuses (what is not signed|a wrong (secret|clock)|a request that was changed|two signatures)/,
      reason: 'moto does not check signatures, clocks or regions.',
    },
    {
      cases: /^(refuses a presigned URL|holds the writer of a presigned URL|checks the signed hash)/,
      reason: 'moto checks neither the signature nor the expiry of a URL, nor the hash of the content.',
    },
    {
      cases: /^(refuses a form|takes a form|answers a form)/,
      reason: 'moto does not read the policy of a form, and always answers 204 without an ETag.',
    },
    {
      cases: /^(refuses a wrong (Content-MD5|Checksum)|refuses two checksums|keeps Checksum)/,
      reason: 'moto neither checks an MD5 or a checksum nor returns a checksum to a reader.',
    },
    {
      cases: /^(refuses aws-chunked content in crumbs|refuses a key that|refuses names that)/,
      reason: 'moto does not have these limits.',
    },
    {
      cases: /^copies only the version/,
      reason: 'moto copies whatever version there is.',
    },
    {
      cases: /^ignores ranges that/,
      reason: 'moto takes the numbers of any unit for bytes.',
    },
    {
      cases: /^(forgets an upload|aborts an upload|refuses a wrong token)/,
      reason: 'moto fails with status 500 on an upload that is gone and on a malformed token.',
    },
    {
      cases: /^(checks the checksums of parts|refuses a wrong list of parts|refuses wrong part numbers)/,
      reason: 'moto sorts the list of parts itself, and does not compare checksums.',
    },
    {
      cases: /^(gives an upload to its own key|lists uploads|deletes quietly)/,
      reason:
        'moto goes by the upload id alone, lists uploads as they were begun, and always lists what it deleted.',
    },
    { cases: /^keeps and applies the CORS rules/, reason: 'moto answers every preflight.' },
  ],
  versitygw: [
    OWN_LIMITS,
    {
      cases: /^takes keys that look like paths/,
      reason: 'versitygw makes keys paths, and refuses those that cannot be.',
    },
    {
      cases: /^(echoes server-side encryption|keeps the (lifecycle|encryption|public access))/,
      reason: 'versitygw has no encryption, lifecycle or public access block.',
    },
    {
      cases: /^puts a stream as aws-chunked/,
      reason: 'versitygw returns aws-chunked as the encoding of the object, which S3 takes off.',
    },
    {
      cases: /^refuses a wrong secret, an unknown key/,
      reason: 'versitygw has a code of its own for an unknown key.',
    },
    {
      cases: /^refuses a presigned URL that is too old, too new/,
      reason: 'versitygw accepts a URL whose time has not come yet.',
    },
    { cases: /^refuses two signatures at once/, reason: 'versitygw accepts the one in the URL.' },
    {
      cases: /^lets a presigned URL be written/,
      reason: 'versitygw does not read metadata from the parameters of a URL.',
    },
    {
      cases: /^(encodes listed keys|refuses a wrong token|deletes quietly)/,
      reason: 'versitygw ignores encoding-type and Quiet, and takes any token for a key.',
    },
    {
      cases: /^creates one's own bucket again/,
      reason: 'versitygw refuses it in every region, S3 in all but us-east-1.',
    },
    { cases: /^refuses names that no bucket may have/, reason: 'versitygw allows two dots in a row.' },
    {
      cases: /^keeps and applies the CORS rules/,
      reason: 'versitygw sends no CORS headers with an answer that refuses access.',
    },
    {
      cases: /^ignores the fields of a form after/,
      reason: 'versitygw counts fields after the file.',
    },
  ],
};
