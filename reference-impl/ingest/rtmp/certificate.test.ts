import { X509Certificate } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createCertificate } from './certificate.ts'

describe('the certificate for loopback', () => {
  it('verifies with its own key and names every way to reach this host', async () => {
    const { cert } = await createCertificate('media.example')
    const certificate = new X509Certificate(cert)
    expect(certificate.verify(certificate.publicKey)).toBe(true)
    expect(certificate.ca).toBe(true)
    for (const host of ['localhost', 'media.example']) {
      expect(certificate.checkHost(host)).toBe(host)
    }
    expect(certificate.checkHost('elsewhere.example')).toBeUndefined()
    for (const address of ['127.0.0.1', '::1']) {
      expect(certificate.checkIP(address)).toBe(address)
    }
  })

  it.each(['10.1.2.3', 'fe80::1:2', '2001:db8:1:2:3:4:5:6'])('names %s', async (address) => {
    const { cert } = await createCertificate(address)
    expect(new X509Certificate(cert).checkIP(address)).toBe(address)
  })

  it('is valid now, for 30 days, and another each time', async () => {
    const [a, b] = await Promise.all([createCertificate('::1'), createCertificate('::1')])
    const { validFrom, validTo, serialNumber } = new X509Certificate(a.cert)
    expect(Date.parse(validFrom)).toBeLessThan(Date.now())
    expect(Date.parse(validTo) - Date.now()).toBeGreaterThan(29 * 24 * 3600 * 1000)
    expect(new X509Certificate(b.cert).serialNumber).not.toBe(serialNumber)
  })
})
