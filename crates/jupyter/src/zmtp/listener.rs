//! Where clients connect: a TCP port, or a Unix socket on disk.

use std::io;

use jupyter_protocol::ConnectionInfo;
use jupyter_protocol::connection_info::Transport;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;

/// A connection of either kind.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin + 'static {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin + 'static> Stream for S {}

/// A bound address. A Unix socket's file is removed with it.
pub(crate) enum Listener {
    Tcp(TcpListener),
    #[cfg(unix)]
    Unix(unix::Listener),
}

impl Listener {
    /// Binds one of the addresses of a connection file.
    pub(crate) async fn bind(connection: &ConnectionInfo, port: u16) -> io::Result<Self> {
        match connection.transport {
            Transport::TCP => {
                let ip = if connection.ip == "*" {
                    "0.0.0.0"
                } else {
                    &connection.ip
                };
                TcpListener::bind((ip, port)).await.map(Self::Tcp)
            }
            #[cfg(unix)]
            Transport::IPC => {
                unix::Listener::bind(format!("{}-{port}", connection.ip).into()).map(Self::Unix)
            }
            #[cfg(not(unix))]
            Transport::IPC => Err(io::ErrorKind::Unsupported.into()),
        }
    }

    /// The next client.
    pub(crate) async fn accept(&self) -> io::Result<Box<dyn Stream>> {
        match self {
            Self::Tcp(listener) => {
                let (stream, _) = listener.accept().await?;
                // Without this a small message waits up to 40 ms for an acknowledgement.
                stream.set_nodelay(true)?;
                Ok(Box::new(stream))
            }
            #[cfg(unix)]
            Self::Unix(listener) => Ok(Box::new(listener.accept().await?)),
        }
    }
}

#[cfg(unix)]
mod unix {
    use std::io;
    use std::os::unix::fs::FileTypeExt;
    use std::path::{Path, PathBuf};

    use tokio::net::{UnixListener, UnixStream};

    pub(crate) struct Listener {
        listener: UnixListener,
        path: PathBuf,
    }

    impl Listener {
        /// Replaces the file that a killed kernel left behind, as libzmq does.
        pub(super) fn bind(path: PathBuf) -> io::Result<Self> {
            remove(&path);
            Ok(Self {
                listener: UnixListener::bind(&path)?,
                path,
            })
        }

        pub(super) async fn accept(&self) -> io::Result<UnixStream> {
            Ok(self.listener.accept().await?.0)
        }
    }

    impl Drop for Listener {
        fn drop(&mut self) {
            remove(&self.path);
        }
    }

    fn remove(path: &Path) {
        let socket = std::fs::symlink_metadata(path).is_ok_and(|m| m.file_type().is_socket());
        if socket && let Err(error) = std::fs::remove_file(path) {
            tracing::warn!(path = %path.display(), %error, "cannot remove a socket file");
        }
    }
}
