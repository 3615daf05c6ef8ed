//! Connections to PostgreSQL through TLS.
//!
//! The modes are those of PostgreSQL's own client: `prefer` and `require`
//! encrypt without asking who the server is, `verify-ca` and `verify-full` ask
//! for a certificate that an authority vouches for. As is safer, both of these
//! also compare the host's name.

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use postgres::tls::{ChannelBinding, MakeTlsConnect, TlsConnect, TlsStream};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::FrameError;

/// What `sslmode` asks for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Mode {
    /// Never.
    Disable,
    /// If the server offers it.
    Prefer,
    /// Always, with whatever certificate.
    Require,
    /// Always, with a certificate that an authority vouches for.
    Verify,
}

const MODES: [(&str, Mode); 6] = [
    ("disable", Mode::Disable),
    ("allow", Mode::Prefer),
    ("prefer", Mode::Prefer),
    ("require", Mode::Require),
    ("verify-ca", Mode::Verify),
    ("verify-full", Mode::Verify),
];

impl Mode {
    /// The mode of this name.
    pub(super) fn named(name: &str) -> Result<Self, FrameError> {
        let found = MODES.iter().find(|(known, _)| *known == name);
        found.map(|(_, mode)| *mode).ok_or_else(|| {
            let known = MODES.iter().map(|(known, _)| *known);
            FrameError::unknown("sslmode", name, "", known)
        })
    }
}

/// Makes connections for one server.
#[derive(Clone)]
pub(super) struct Connector {
    config: Arc<ClientConfig>,
}

impl Connector {
    /// A connector for this mode. `root` is a file with the certificates of the
    /// authorities that are trusted, instead of the system's.
    pub(super) fn new(mode: Mode, root: Option<&Path>) -> Result<Self, FrameError> {
        let provider = Arc::new(ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .map_err(|cause| refused(&cause.to_string()))?;
        // As with PostgreSQL's own client, a file of authorities is used if given.
        let config = if mode == Mode::Verify || root.is_some() {
            builder.with_root_certificates(authorities(root)?)
        } else {
            builder
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(Anyone(provider)))
        };
        Ok(Self {
            config: Arc::new(config.with_no_client_auth()),
        })
    }
}

fn authorities(root: Option<&Path>) -> Result<RootCertStore, FrameError> {
    let found = match root {
        Some(file) => rustls_native_certs::load_certs_from_paths(Some(file), None),
        None => rustls_native_certs::load_native_certs(),
    };
    let mut store = RootCertStore::empty();
    store.add_parsable_certificates(found.certs);
    if store.is_empty() {
        let why = found.errors.first().map(ToString::to_string);
        return Err(refused(&format!(
            "no certificate of an authority in {}{}",
            root.map_or("the system's store".to_owned(), |file| format!("{file:?}")),
            why.map_or_else(String::new, |why| format!(": {why}"))
        )));
    }
    Ok(store)
}

fn refused(why: &str) -> FrameError {
    FrameError::invalid(
        format!("no TLS: {why}"),
        "sslrootcert=FILE names a file with certificates of authorities (PEM), \
         sslmode=require asks for none",
    )
}

impl<S> MakeTlsConnect<S> for Connector
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    type Stream = Encrypted<S>;
    type TlsConnect = Handshake;
    type Error = Infallible;

    fn make_tls_connect(&mut self, domain: &str) -> Result<Handshake, Infallible> {
        // A local socket has no name; it is not encrypted either.
        let server = ServerName::try_from(domain.to_owned()).map_err(|_| domain.to_owned());
        Ok(Handshake {
            config: self.config.clone(),
            server,
        })
    }
}

/// One connection about to be made.
pub(super) struct Handshake {
    config: Arc<ClientConfig>,
    /// Its name, or what is none.
    server: Result<ServerName<'static>, String>,
}

impl<S> TlsConnect<S> for Handshake
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    type Stream = Encrypted<S>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Encrypted<S>>> + Send>>;

    fn connect(self, stream: S) -> Self::Future {
        let connector = tokio_rustls::TlsConnector::from(self.config);
        Box::pin(async move {
            let server = self.server.map_err(|name| {
                io::Error::new(
                    io::ErrorKind::InvalidInput,
                    format!("{name:?} is no name of a server"),
                )
            })?;
            let stream = connector.connect(server, stream).await?;
            Ok(Encrypted(stream))
        })
    }
}

/// A connection that is encrypted.
pub(super) struct Encrypted<S>(tokio_rustls::client::TlsStream<S>);

impl<S: AsyncRead + AsyncWrite + Unpin> TlsStream for Encrypted<S> {
    fn channel_binding(&self) -> ChannelBinding {
        ChannelBinding::none()
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Encrypted<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, into)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Encrypted<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}

/// Takes any certificate; that its owner holds its key is still proven.
#[derive(Debug)]
struct Anyone(Arc<CryptoProvider>);

impl ServerCertVerifier for Anyone {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let known = &self.0.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, known)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let known = &self.0.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, known)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
