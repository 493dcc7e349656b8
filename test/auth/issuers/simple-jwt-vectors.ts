/**
 * One token of each kind by djangorestframework-simplejwt 5.2.2 (PyJWT 2.6, Django 3.2), all settings at their defaults,
 * for the user with the id 905.
 */
export const simpleJwt = {
  secret: 'django-insecure-0123456789abcdef0123456789abcdef01',
  /** Seconds since 1970. */
  issuedAt: 1_795_375_466,
  access:
    'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.' +
    'eyJ0b2tlbl90eXBlIjoiYWNjZXNzIiwiZXhwIjoxNzk1Mzc1NzY2LCJpYXQiOjE3OTUzNzU0NjYsImp0aSI6IjQyYjU2NWU3NWU5' +
    'ZTQ4NzQ5MDA1NDYyOTI0NjdkYzllIiwidXNlcl9pZCI6OTA1fQ.' +
    'nzgvB__R3XVISGYP81pht_I0mk_IcY1gyHHZCF3gm0Y',
  refresh:
    'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.' +
    'eyJ0b2tlbl90eXBlIjoicmVmcmVzaCIsImV4cCI6MTc5NTQ2MTg2NiwiaWF0IjoxNzk1Mzc1NDY2LCJqdGkiOiI0NWVmMzE1NzU2' +
    'MTk0Yjc2ODgyNjQ3NTJiZmExY2QxZCIsInVzZXJfaWQiOjkwNX0.' +
    'xQ2VXzt5Ede5SYYbGOjec0MyiqKXvEkI8KfVRm6QTVs',
  sliding:
    'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.' +
    'eyJ0b2tlbl90eXBlIjoic2xpZGluZyIsImV4cCI6MTc5NTM3NTc2NiwiaWF0IjoxNzk1Mzc1NDY2LCJqdGkiOiJkNTAzNmM4MzQ3' +
    'ZTE0MzQ5YmU2ZGNhMTRjYjdjOTYyMyIsInJlZnJlc2hfZXhwIjoxNzk1NDYxODY2LCJ1c2VyX2lkIjo5MDV9.' +
    'Nuya0-HZMdkcmKvkZrkmN6bwwzoDdnTgfdErCiXQKc4',
} as const;
