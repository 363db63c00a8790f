# Flatcar looks for programs in /opt/bin by itself, other systems do not.
case ":$PATH:" in
    *:/opt/bin:*) ;;
    *) PATH=$PATH:/opt/bin ;;
esac
