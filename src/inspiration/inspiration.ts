/** An image that a customer has sent in, kept under a private key of the object store. */
export interface Inspiration {
  inspirationId: string;
  sessionId: string;
  /** Where it lies in the bucket. */
  key: string;
  /** As the customer called it, for people to read; never part of a path. */
  originalFileName: string;
  contentType: string;
  sizeBytes: number;
  caption?: string;
  moderationStatus: 'pending_review' | 'clean' | 'rejected';
  createdAt: Date;
}
